package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.log.LogOptions;
import io.holdfast.log.SpaceLimit;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class BrakeTest {
  private static final int SPACE_BYTES = 4 << 20;
  private static final int PAYLOAD_BYTES = 40_000;
  private static final LogOptions SMALL =
      LogOptions.forHeap(64 << 20).within(new SpaceLimit(SPACE_BYTES, 0));

  @ParameterizedTest
  @CsvSource({"0, 0", "0.5, 0", "0.8, 0", "0.81, 5", "0.9, 50", "1, 100"})
  void thePauseGrowsFromFourFifthsOn(double fullness, int millis) {
    assertEquals(millis, Brake.millis(fullness), 1);
  }

  /// Each of its messages has to wait until the pause of the one before is over.
  @Test
  void publishersAreSlowedWhereSpaceRunsOutAndNeverHeldForGood() throws Exception {
    try (TestBroker broker = TestBroker.start(SMALL);
        RawClient away = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient publisher = new RawClient(broker.port(), ProtocolVersion.V5)) {
      away.connect("away", false);
      away.send(RawClient.subscribe(1, "t", QoS.AT_LEAST_ONCE));
      away.receive(SubAck.class);
      away.hangUp();
      publisher.connect("publisher", true);
      int messages = 0;
      while (publish(publisher) == ReasonCode.SUCCESS) {
        messages++;
        assertTrue(messages < SPACE_BYTES / PAYLOAD_BYTES, "the limit is kept");
      }
      long startNanos = System.nanoTime();
      for (int i = 0; i < 4; i++) {
        assertEquals(ReasonCode.QUOTA_EXCEEDED, publish(publisher));
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
      assertTrue(millis >= 3 * 80, "four messages took %d ms".formatted(millis));
    }
  }

  private static ReasonCode publish(RawClient publisher) throws IOException {
    publisher.send(RawClient.publish("t", QoS.AT_LEAST_ONCE, 1, new byte[PAYLOAD_BYTES]));
    return publisher.receive(PubAck.class).reasonCode();
  }
}
