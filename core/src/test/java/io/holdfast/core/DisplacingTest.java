package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What goes on for long in a queue whose oldest messages make room.
class DisplacingTest implements Heard {
  private static final int LIMIT = 4;

  private final List<Publish> received = new ArrayList<>();
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
              new QueueLimit(LIMIT, List.of(new Rule(Policy.DROP_OLDEST, new Scope.Everything()))),
              Limits.DEFAULT),
          new ListenerSettings(true, -1, true, "auto-"),
          this,
          MemoryDriver.newLog(64, bytes -> 1),
          0);

  @Override
  public void sent(Link to, Packet packet) {
    if (packet instanceof Publish publish) {
      received.add(publish);
    }
  }

  @Override
  public void closed(Link link) {}

  @Override
  public void observed(Event event) {}

  @Override
  public void appended(long position, LogRecord record) {}

  private Link connect(String command) {
    Link link = driver.connected(Command.parse(command).word(0));
    send(link, command);
    sync();
    return link;
  }

  private void send(Link link, String command) {
    driver.packet(link, PacketCommands.packet(Command.parse(command)));
  }

  private void publish(Link publisher, int number) {
    send(publisher, "publish p t qos=1 id=%d %d".formatted(1 + number % 1000, number));
  }

  private void sync() {
    driver.turn();
    driver.durable(driver.log().end());
    driver.turn();
  }

  /// While a sync is under way more comes than the queue may hold.
  @Test
  void aSlowConsumerOfAQueueThatOverflowsWithEverySyncGetsMessages() {
    Link consumer = connect("connect c v=5 expiry=60 receive=1");
    send(consumer, "subscribe c id=1 t qos=1");
    Link publisher = connect("connect p v=4 clean");
    int number = 0;
    int acknowledged = 0;
    for (int round = 0; round < 100; round++) {
      long before = driver.log().end();
      for (int i = 0; i < 5 * LIMIT; i++) {
        publish(publisher, number++);
      }
      driver.turn();
      driver.durable(before);
      driver.turn();
      for (; acknowledged < received.size(); acknowledged++) {
        driver.packet(consumer, new PubAck(received.get(acknowledged).packetId()));
      }
    }
    assertTrue(acknowledged >= 40, acknowledged + " messages came in 100 rounds");
  }

  @Test
  void segmentsOfMessagesThatMadeRoomAreLetGo() {
    Link consumer = connect("connect c v=4");
    send(consumer, "subscribe c id=1 t qos=1");
    Link publisher = connect("connect p v=4 clean");
    sync();
    driver.lost(consumer, "gone");
    for (int number = 0; number < 1000; number++) {
      publish(publisher, number);
      sync();
    }
    for (int second = 1; second <= 4; second++) {
      driver.snapshots().makeDue();
      sync();
      driver.snapshots().putInPlace();
      driver.time(second * 1000L);
    }
    int newest = driver.log().segmentOf(driver.log().durable() - 1);
    assertTrue(newest - driver.log().oldestSegment() < 10, "no more than what waits is kept");
    connect("connect c v=4");
    assertEquals(LIMIT, received.size());
  }
}
