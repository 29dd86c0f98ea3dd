package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.RetainedBrought;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.Publish;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However many retained messages a subscription matches, a turn's work for it is bounded, and so
/// is what it takes of memory.
class RetainedCursorTest implements Heard {
  private static final int TOPICS = 20_000;
  private static final int IN_QUEUE_MAX = 2 * Limits.DEFAULT.retainedPerStepMax();

  private final List<Publish> received = new ArrayList<>();
  private int brought;
  private final MemoryDriver driver =
      new MemoryDriver(
          BrokerSettings.defaults(),
          new ListenerSettings(true, -1, true, "auto-"),
          this,
          MemoryDriver.newLog(Integer.MAX_VALUE, bytes -> 1),
          0);

  @BeforeEach
  void manyAreRetained() {
    Link publisher = connect("connect p v=4 clean");
    for (int i = 0; i < TOPICS; i++) {
      send(publisher, "publish p r/" + i + " qos=1 id=1 retain x");
    }
    sync();
    send(publisher, "publish p other qos=0 retain x");
    sync();
  }

  private Link connect(String command) {
    Link link = driver.connected(Command.parse(command).word(0));
    send(link, command);
    sync();
    return link;
  }

  private void send(Link link, String command) {
    driver.packet(link, PacketCommands.packet(Command.parse(command)));
  }

  private void sync() {
    driver.turn();
    driver.durable(driver.log().end());
    driver.turn();
  }

  private Queue queue() {
    Session session = driver.broker().state().sessions().get("c");
    if (session == null) {
      throw new IllegalStateException("the consumer has a session");
    }
    return session.queue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect c expiry=60", "connect c clean"})
  void aTurnDoesABoundedPartOfTheWork(String how) {
    Link consumer = connect(how);
    send(consumer, "subscribe c id=1 # qos=0");
    assertEquals(0, queue().waiting(), "nothing but looking is done at once");
    long before = queue().waiting();
    for (int turn = 0; turn < 4; turn++) {
      driver.oneTurn();
      long made = queue().waiting() - before;
      assertTrue(made <= 2L * IN_QUEUE_MAX, "at once: " + made);
      before = queue().waiting();
    }
    for (int round = 0; round < 60; round++) {
      sync();
    }
    assertEquals(TOPICS + 1, received.size(), "and in the end they all come");
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect c expiry=60", "connect c clean"})
  void whoDoesNotAcknowledgeHasABoundedPartInMemory(String how) {
    Link consumer = connect(how);
    for (int id = 1; id <= 50; id++) {
      String other = id % 2 == 0 ? "" : " +/+ qos=1";
      send(consumer, "subscribe c id=" + id + " r/# qos=1" + other);
      sync();
    }
    assertTrue(queue().waiting() <= IN_QUEUE_MAX, "in the queue: " + queue().waiting());
    assertTrue(queue().image().cursors().size() <= 2, "one cursor for each filter");
  }

  @Test
  void anAwaySessionsCursorRests() {
    Link consumer = connect("connect c expiry=60");
    send(consumer, "subscribe c id=1 r/# qos=0");
    driver.lost(consumer, "gone");
    int before = brought;
    for (int round = 0; round < 10; round++) {
      sync();
    }
    assertEquals(before, brought, "nobody is there to take more");
    connect("connect c expiry=60");
    for (int round = 0; round < 60; round++) {
      sync();
    }
    assertEquals(TOPICS, received.size());
  }

  @Override
  public void sent(Link to, Packet packet) {
    if (to.name().equals("c") && packet instanceof Publish publish) {
      received.add((Publish) StoryClient.kept(publish));
    }
  }

  @Override
  public void closed(Link link) {}

  @Override
  public void observed(Event event) {}

  @Override
  public void appended(long position, LogRecord record) {
    if (record instanceof RetainedBrought) {
      brought++;
    }
  }
}
