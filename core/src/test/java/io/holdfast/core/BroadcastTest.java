package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.record.LogRecord;
import io.holdfast.log.Grant;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A message that more sessions want than one turn serves goes to them in turns.
class BroadcastTest implements Heard {
  private static final int A_TURN = 4;
  private static final int SESSIONS = 10;

  private final MemoryDriver driver =
      new MemoryDriver(
          new BrokerSettings(
              20,
              0,
              Limits.PACKET_BYTES_MAX,
              0,
              65535,
              -1,
              false,
              true,
              0,
              QueueLimit.NONE,
              new Limits(100, 20, A_TURN, 100, 10_000, 100, 100, 1000, 2, 1000)),
          new ListenerSettings(true, -1, true, "auto-"),
          this,
          MemoryDriver.newLog(Integer.MAX_VALUE, bytes -> 1),
          0);
  private final List<String> heard = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();
  private final List<Link> subscribers = new ArrayList<>();

  @Override
  public void sent(Link to, Packet packet) {
    if (packet instanceof Publish publish) {
      heard.add(to.name() + " " + publish.payload().toUtf8());
    } else if (packet instanceof PubRel) {
      heard.add(to.name() + " PUBREL");
    }
  }

  @Override
  public void closed(Link link) {}

  @Override
  public void observed(Event event) {
    if (event instanceof Event.Dropped drop) {
      dropped.add(drop.clientId() + " " + drop.reason() + " " + drop.count());
    }
  }

  @Override
  public void appended(long position, LogRecord record) {}

  private Link connect(String command) {
    Link link = driver.connected(Command.parse(command).word(0));
    send(link, command);
    settle();
    return link;
  }

  private void send(Link link, String command) {
    driver.packet(link, PacketCommands.packet(Command.parse(command)));
  }

  private void settle() {
    driver.turn();
    driver.durable(driver.log().end());
    driver.turn();
  }

  /// Many transient sessions; gives one that publishes.
  private Link many(int qos, String more) {
    for (int i = 0; i < SESSIONS; i++) {
      Link link = connect("connect s%d clean %s".formatted(i, more));
      send(link, "subscribe s id=1 news qos=%d".formatted(qos));
      subscribers.add(link);
    }
    settle();
    return connect("connect p clean");
  }

  private static List<String> to(int from, int until, String payload) {
    List<String> lines = new ArrayList<>();
    for (int i = from; i < until; i++) {
      lines.add("s%d %s".formatted(i, payload));
    }
    return lines;
  }

  private List<String> heardInATurn() {
    heard.clear();
    driver.oneTurn();
    return heard;
  }

  private void goesOutInTurns(int qos) {
    Link publisher = many(qos, "");
    send(publisher, "publish p news qos=%d id=1 x".formatted(qos));
    assertEquals(List.of(), heard);
    assertEquals(to(0, 4, "x"), heardInATurn());
    assertEquals(to(4, 8, "x"), heardInATurn());
    assertEquals(to(8, 10, "x"), heardInATurn());
    assertEquals(List.of(), heardInATurn());
  }

  @Test
  void aMessageForVeryManyGoesOutInTurns() {
    goesOutInTurns(0);
  }

  @Test
  void soDoesOneAtQoS1() {
    goesOutInTurns(1);
  }

  @Test
  void soDoesOneThatDurableSessionsWantAtQoS0() {
    for (int i = 0; i < SESSIONS; i++) {
      send(connect("connect s%d expiry=60".formatted(i)), "subscribe s id=1 news qos=0");
    }
    settle();
    send(connect("connect p clean"), "publish p news qos=1 id=1 x");
    assertEquals(to(0, 4, "x"), heardInATurn());
  }

  @Test
  void whatElseIsReadyGetsHalfOfTheTurn() {
    Link publisher = many(0, "");
    Link other = connect("connect other expiry=60");
    send(other, "subscribe other id=1 other qos=1");
    settle();
    send(publisher, "publish p other qos=1 id=1 y");
    driver.oneTurn();
    send(publisher, "publish p news qos=0 x");
    driver.durable(driver.log().end());
    assertEquals(List.of("s0 x", "s1 x", "other y"), heardInATurn());
    assertEquals(to(2, 6, "x"), heardInATurn());
  }

  @Test
  void nothingOvertakesOnItsTopic() {
    Link publisher = many(0, "");
    send(publisher, "publish p news qos=0 x");
    driver.oneTurn();
    for (int i = 0; i < SESSIONS - 1; i++) {
      send(subscribers.get(i), "unsubscribe s id=2 news");
    }
    send(publisher, "publish p news qos=0 y");
    heard.clear();
    settle();
    assertEquals(List.of("s9 x", "s9 y"), heard.stream().filter(s -> s.startsWith("s9")).toList());
  }

  @Test
  void whoFellBehindGetsItLater() {
    Link publisher = many(1, "receive=1");
    send(publisher, "publish p news qos=1 id=1 x");
    settle();
    send(publisher, "publish p news qos=1 id=2 y");
    settle();
    heard.clear();
    for (Link subscriber : subscribers) {
      send(subscriber, "puback s 1");
    }
    settle();
    assertEquals(SESSIONS, heard.stream().filter(line -> line.endsWith(" y")).count());
  }

  @Test
  void whoTakesNothingMissesItAtQoS0() {
    Link publisher = many(0, "");
    send(publisher, "publish p news qos=0 x");
    driver.writable(subscribers.get(9), false);
    settle();
    assertEquals(to(0, 9, "x"), heard);
    assertEquals(List.of("s9 SLOW_RECEIVER 1"), dropped);
  }

  @Test
  void whatASessionMissesThatEndsIsCounted() {
    Link publisher = many(0, "");
    send(publisher, "publish p news qos=0 x");
    driver.oneTurn();
    driver.lost(subscribers.get(0), "gone");
    driver.lost(subscribers.get(9), "gone");
    assertEquals(List.of("s9 SESSION_ENDED 1"), dropped);
  }

  @Test
  void whoComesLaterUnderTheNumberOfOneWhoLeftDoesNotGetIt() {
    Link publisher = many(0, "");
    send(publisher, "publish p news qos=0 x");
    driver.oneTurn();
    driver.lost(subscribers.get(9), "gone");
    Link late = driver.connected("late");
    send(late, "connect late clean");
    send(late, "subscribe late id=1 other qos=0");
    settle();
    assertEquals(to(0, 9, "x"), heard);
  }

  @Test
  void whatExpiresOnItsWayIsDroppedAndCounted() {
    Link publisher = many(0, "");
    send(publisher, "publish p news qos=0 expiry=1 x");
    driver.oneTurn();
    driver.time(2000);
    settle();
    assertEquals(to(0, 4, "x"), heard);
    assertEquals(SESSIONS - 4, dropped.size());
    assertEquals("s4 EXPIRED 1", dropped.getFirst());
  }

  @Test
  void whereTheLogHasNoSpaceItGoesToAllAtOnce() {
    Link publisher = many(1, "");
    send(publisher, "publish p news qos=0 x");
    driver.oneTurn();
    driver.log().grants(Grant.REFUSED, 1);
    heard.clear();
    send(publisher, "publish p news qos=1 id=1 y");
    List<String> all = to(4, 10, "x");
    all.addAll(to(0, 10, "y"));
    assertEquals(all, heard);
  }

  @Test
  void atQoS0ItNeedsNoSpace() {
    Link publisher = many(0, "");
    driver.log().grants(Grant.REFUSED, 1);
    send(publisher, "publish p news qos=0 x");
    assertEquals(to(0, 4, "x"), heardInATurn());
  }

  @Test
  void whereTooManyAreOnTheirWayTheOldestIsFinished() {
    Link publisher = many(0, "");
    driver.takeFullness(publisher);
    send(publisher, "publish p news qos=0 x");
    assertEquals(0.5, driver.takeFullness(publisher));
    send(publisher, "publish p news qos=0 y");
    assertEquals(1, driver.takeFullness(publisher), "who sends too much is slowed down");
    assertEquals(List.of(), heard);
    send(publisher, "publish p news qos=0 z");
    assertEquals(to(0, 10, "x"), heard);
  }

  @Test
  void soItIsWhereTheyAreTooLong() {
    Link publisher = many(0, "");
    send(publisher, "publish p news qos=0 size:600");
    assertTrue(heard.isEmpty());
    send(publisher, "publish p news qos=0 size:600");
    assertEquals(SESSIONS, heard.size());
  }

  @Test
  void answersOfVeryManyAreRecordedInTurns() {
    Link publisher = many(2, "");
    send(publisher, "publish p news qos=2 id=1 x");
    settle();
    for (Link subscriber : subscribers) {
      send(subscriber, "pubrec s 1");
    }
    assertEquals(to(0, 4, "PUBREL"), heardInATurn());
    assertEquals(to(4, 8, "PUBREL"), heardInATurn());
    assertEquals(to(8, 10, "PUBREL"), heardInATurn());
  }
}
