package io.holdfast.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cli.prove.BrokerProcess;
import io.holdfast.cli.prove.ClientSocket;
import io.holdfast.cli.prove.Numbering;
import io.holdfast.cli.prove.Place;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What stays in memory fills the heap (P10): here retained topics with long names.
@Tag("slow") // Tens of thousands of messages, one sync for twenty.
@Timeout(240)
class FullHeapTest {
  private static final int HEAP_MEGABYTES = 32;
  private static final int TOPICS_MAX = 200_000;
  private static final int WINDOW = 20;
  private static final String LONG = "x".repeat(2_000);

  private @TempDir Path folder;

  @Test
  void whatIsNewIsRefusedAndWhatIsThereGoesOn() throws Exception {
    int retained;
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      try (ClientSocket watcher = ClientSocket.connect(place, ProtocolVersion.V5, "watcher");
          ClientSocket filler = ClientSocket.connect(place, ProtocolVersion.V5, "filler")) {
        watcher.subscribe("news");
        retained = retainUntilRefused(filler);
        assertEquals(
            "refused with QUOTA_EXCEEDED",
            assertThrows(
                    IOException.class,
                    () -> ClientSocket.connect(place, ProtocolVersion.V5, "another"))
                .getMessage());
        filler.send(publish(false, 1, "news"));
        filler.flush();
        assertEquals(ReasonCode.SUCCESS, filler.receive(PubAck.class).reasonCode());
        assertEquals("news", watcher.receive(Publish.class).topic().toUtf8());
      }
      assertTrue(
          broker.said().toString().contains("heap is nearly full"), () -> "said " + broker.said());
      assertEquals(0, broker.terminate(), () -> "said " + broker.said());
    }
    try (BrokerProcess broker = HoldfastProcess.launch(folder, 2 * HEAP_MEGABYTES);
        ClientSocket reader =
            ClientSocket.connect(broker.awaitListening(), ProtocolVersion.V5, "reader")) {
      reader.subscribe("retained/#");
      Set<String> topics = new HashSet<>();
      while (topics.size() < retained) {
        Publish message = reader.receive(Publish.class);
        topics.add(message.topic().toUtf8());
        reader.send(new PubAck(message.packetId()));
        reader.flush();
      }
      assertEquals(0, broker.terminate(), () -> "said " + broker.said());
    }
  }

  /// Gives how many were taken.
  private static int retainUntilRefused(ClientSocket filler) throws IOException {
    int sent = 0;
    int answered = 0;
    int taken = 0;
    boolean refused = false;
    while (!refused || answered < sent) {
      while (!refused && sent - answered < WINDOW) {
        assertTrue(sent < TOPICS_MAX, "nothing is refused");
        filler.send(publish(true, 1 + sent % 65535, "retained/%d/%s".formatted(sent, LONG)));
        sent++;
      }
      filler.flush();
      ReasonCode answer = filler.receive(PubAck.class).reasonCode();
      answered++;
      refused |= answer == ReasonCode.QUOTA_EXCEEDED;
      taken += answer.isFailure() ? 0 : 1;
    }
    return taken;
  }

  private static Publish publish(boolean retain, int packetId, String topic) {
    return Numbering.publish(
        false, QoS.AT_LEAST_ONCE, retain, packetId, topic, Bytes.utf8("something"));
  }
}
