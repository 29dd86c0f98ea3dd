package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Event;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.server.transport.TransportLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StandstillTest {
  private static final long START_MILLIS = 1_000_000;

  private static List<Long> told(long missedMillis) {
    Standstill standstill = new Standstill(START_MILLIS);
    List<Long> told = new ArrayList<>();
    long next;
    do {
      next = standstill.next(START_MILLIS + missedMillis);
      told.add(next - START_MILLIS);
    } while (next < START_MILLIS + missedMillis);
    return told;
  }

  @Test
  void theTimeGoesOnAtOnceWhereTheLoopGoesRound() {
    assertEquals(List.of(0L), told(0));
    assertEquals(List.of(1000L), told(1000));
    assertEquals(List.of(1250L), told(1250));
  }

  @Test
  void theTimeGoesOnInShortStepsAfterAStandstill() {
    assertEquals(List.of(1000L, 1251L), told(1251));
    assertEquals(List.of(1000L, 2000L, 3000L, 4000L, 4900L), told(4900));
  }

  @Test
  void aDayThatIsMissedIsOneStep() {
    assertEquals(List.of(86_400_000L), told(86_400_000));
  }

  @Test
  void aClientDoesNotSeemDeadBecauseTheBrokerStoodStill() throws Exception {
    try (TestBroker clock = TestBroker.start();
        TestBroker broker =
            TestBroker.start(
                BrokerSettings.defaults(), TransportLimits.forHeap(64 << 20), TestBroker.ANYBODY);
        RawClient silent = new RawClient(clock.port(), ProtocolVersion.V3_1_1);
        RawClient alice = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient bob = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      connect(silent, 3);
      bob.connect("bob", true);
      connect(alice, 1);
      broker.said().holdAt(event -> event instanceof Event.Subscribed);
      bob.send(RawClient.subscribe(1, "a", QoS.AT_MOST_ONCE));
      alice.send(new PingReq());
      silent.awaitEnd();
      broker.said().letGo();
      alice.receive(PingResp.class);
      alice.send(new PingReq());
      alice.receive(PingResp.class);
    }
  }

  private static void connect(RawClient client, int keepAliveSeconds) throws IOException {
    client.send(RawClient.connect(ProtocolVersion.V3_1_1, "client", true, keepAliveSeconds));
    client.receive(ConnAck.class);
  }
}
