package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is long: windows of all packet identifiers, marks ahead of what is sent, many retained
/// messages, many connections.
class WindowTest implements Heard {
  private final List<Publish> received = new ArrayList<>();
  private final List<LogRecord> records = new ArrayList<>();
  private final MemoryDriver driver =
      new MemoryDriver(
          new BrokerSettings(
              65535,
              0,
              Limits.PACKET_BYTES_MAX,
              0,
              65535,
              -1,
              false,
              true,
              0,
              QueueLimit.NONE,
              Limits.DEFAULT),
          new ListenerSettings(true, -1, true, "auto-"),
          this,
          MemoryDriver.newLog(Integer.MAX_VALUE, bytes -> 1),
          0);

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

  private void publish(Link publisher, int count) {
    for (int i = 0; i < count; i++) {
      send(publisher, "publish p t qos=1 id=1 x");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect c v=4", "connect c v=4 clean"})
  void theWindowNeverHasAPacketIdentifierTwice(String connect) {
    Link consumer = connect(connect);
    send(consumer, "subscribe c id=1 t qos=1");
    Link publisher = connect("connect p v=4 clean");
    sync();
    Set<Integer> open = new HashSet<>();
    int rounds = 0;
    int sent = 0;
    while (sent < Queue.SPAN_MAX + 2000) {
      publish(publisher, 500);
      sync();
      sent += received.size();
      acknowledgeAllButTheFirst(consumer, open);
      if (++rounds > 200) {
        break;
      }
    }
    assertTrue(open.contains(1), "the first is not acknowledged");
    assertEquals(Queue.SPAN_MAX, sent, "all identifiers were used once");
    driver.writable(consumer, false);
    driver.packet(consumer, new PubAck(1));
    driver.time(1000);
    driver.turn();
    driver.writable(consumer, true);
    driver.turn();
    if (!connect.contains("clean")) {
      assertTrue(received.isEmpty(), "that the first is acknowledged is not durable yet");
    }
    for (int more = 0; more < 5; more++) {
      sync();
    }
    assertTrue(!received.isEmpty(), "it goes on when the first is acknowledged");
    open.remove(1);
    acknowledgeAllButTheFirst(consumer, open);
  }

  private void acknowledgeAllButTheFirst(Link consumer, Set<Integer> open) {
    List<Publish> batch = List.copyOf(received);
    received.clear();
    for (Publish publish : batch) {
      assertTrue(open.add(publish.packetId()), "twice in the window: " + publish.packetId());
    }
    for (Publish publish : batch) {
      if (publish.packetId() != 1) {
        driver.packet(consumer, new PubAck(publish.packetId()));
        open.remove(publish.packetId());
      }
    }
    driver.turn();
  }

  @Test
  void whatMayBeSentIsMarkedAheadAndTheMarkIsDurableFirst() {
    Link consumer = connect("connect c v=4");
    send(consumer, "subscribe c id=1 t qos=1");
    Link publisher = connect("connect p v=4 clean");
    publish(publisher, 10_000);
    driver.turn();
    driver.durable(driver.log().end());
    driver.turn();
    int beforeMark = received.size();
    assertTrue(beforeMark >= 1000 && beforeMark < 3000, "up to the mark: " + beforeMark);
    assertTrue(
        records.stream().anyMatch(LogRecord.SentMark.class::isInstance), "and a new one is logged");
    driver.turn();
    assertEquals(beforeMark, received.size(), "which is not durable yet");
    while (received.size() < 10_000) {
      int before = received.size();
      sync();
      assertTrue(received.size() > before, "it goes on with every sync");
    }
    received.clear();
    driver.crash(0);
    connect("connect c v=4");
    while (received.size() < 10_000) {
      sync();
    }
    assertTrue(received.stream().allMatch(Publish::dup), "all of them were sent before");
    assertEquals(1, received.getFirst().packetId(), "under the same identifiers");
  }

  @Test
  void manyRetainedMessagesComeInPartsAndInOrder() {
    Link publisher = connect("connect p v=4 clean");
    for (int i = 0; i < 10_000; i++) {
      send(publisher, "publish p r/" + i + " qos=0 retain x");
    }
    sync();
    send(publisher, "publish p other qos=1 id=1 retain x");
    sync();
    Link consumer = connect("connect c v=4");
    send(consumer, "subscribe c id=1 r/# qos=1");
    for (int round = 0; round < 20; round++) {
      sync();
    }
    assertEquals(
        11, records.stream().filter(LogRecord.RetainedBrought.class::isInstance).count(), "parts");
    assertEquals(10_000, received.size());
    assertEquals("r/9999", received.getLast().topic().toUtf8());
  }

  @Test
  void connectionsThatComeAndGoLeaveNoTimersBehind() {
    connect("connect other expiry=1000");
    for (int i = 0; i < 1000; i++) {
      Link link = connect("connect c keepalive=65535 expiry=100000 will=w will-delay=10000");
      driver.lost(link, "gone");
    }
    assertTrue(driver.broker().timers() < 5, "timers: " + driver.broker().timers());
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
    records.add(record);
  }
}
