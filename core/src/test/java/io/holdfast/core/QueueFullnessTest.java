package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.packet.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// P6: on the way to a queue's limit those are slowed down who fill it.
class QueueFullnessTest implements Heard {
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
              new QueueLimit(
                  10,
                  List.of(
                      new Rule(Policy.DROP_NEWEST, new Scope.Owner("dropping")),
                      new Rule(Policy.REJECT, new Scope.Everything()))),
              Limits.DEFAULT),
          new ListenerSettings(true, -1, true, "auto-"),
          this,
          MemoryDriver.newLog(Integer.MAX_VALUE, bytes -> 1),
          0);

  @Override
  public void sent(Link to, Packet packet) {}

  @Override
  public void closed(Link link) {}

  @Override
  public void observed(Event event) {}

  @Override
  public void appended(long position, LogRecord record) {}

  private Link connect(String command) {
    Link link = driver.connected(Command.parse(command).word(0));
    send(link, command);
    return link;
  }

  private void send(Link link, String command) {
    driver.packet(link, PacketCommands.packet(Command.parse(command)));
    driver.turn();
    driver.durable(driver.log().end());
    driver.turn();
  }

  private void awaySubscriber(String clientId, String filter) {
    Link link = connect("connect %s v=4".formatted(clientId));
    send(link, "subscribe %s id=1 %s qos=1".formatted(clientId, filter));
    driver.lost(link, "gone");
  }

  private double fullnessAfter(Link publisher, String topic, int count) {
    for (int i = 0; i < count; i++) {
      send(publisher, "publish p %s qos=1 id=1 x".formatted(topic));
    }
    return driver.takeFullness(publisher);
  }

  @Test
  void fromFourFifthsOnWhoPublishesForAQueueFeelsIt() {
    awaySubscriber("away", "t");
    Link publisher = connect("connect p clean");
    Link other = connect("connect q clean");
    assertEquals(0, fullnessAfter(publisher, "t", 8));
    assertEquals(0.8, fullnessAfter(publisher, "t", 1));
    assertEquals(0.9, fullnessAfter(publisher, "t", 1));
    assertEquals(1, fullnessAfter(publisher, "t", 1));
    assertEquals(0, fullnessAfter(publisher, "else", 1));
    assertEquals(0, driver.takeFullness(other));
  }

  @Test
  void aQueueThatDropsSlowsNobodyDown() {
    awaySubscriber("dropping", "t");
    assertEquals(0, fullnessAfter(connect("connect p clean"), "t", 12));
  }
}
