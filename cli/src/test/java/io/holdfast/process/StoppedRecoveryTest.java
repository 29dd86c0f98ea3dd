package io.holdfast.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker that is told to stop while it still reads its log.
@Tag("slow") // Three hundred thousand messages go in and come out.
@Timeout(240)
class StoppedRecoveryTest {
  private static final int HEAP_MEGABYTES = 128;
  private static final int MESSAGES = 300_000;
  private static final int WINDOW = 1000;
  private static final int STOPS = 3;
  private static final String TOPIC = "t";

  private @TempDir Path folder;

  private BrokerProcess launch() throws IOException {
    return HoldfastProcess.launch(folder, HEAP_MEGABYTES);
  }

  @Test
  void aBrokerStoppedWhileItReadsItsLogEndsAtOnceAndLosesNothing() throws Exception {
    try (BrokerProcess broker = launch()) {
      Place place = broker.awaitListening();
      try (ClientSocket consumer = consumer(place)) {
        consumer.subscribe(TOPIC);
      }
      publishAll(place);
      broker.kill();
    }
    for (int i = 0; i < STOPS; i++) {
      try (BrokerProcess broker = launch()) {
        broker.awaitLine("Reading the log.");
        assertEquals(0, broker.terminate());
        String said = String.join("\n", broker.said());
        assertTrue(said.endsWith("Holdfast has stopped before it had started."), said);
      }
    }
    try (BrokerProcess broker = launch();
        ClientSocket consumer = consumer(broker.awaitListening())) {
      receiveAll(consumer);
    }
  }

  private static ClientSocket consumer(Place place) throws IOException {
    return ClientSocket.connect(place, ProtocolVersion.V3_1_1, "consumer");
  }

  private static void publishAll(Place place) throws IOException {
    try (ClientSocket publisher =
        ClientSocket.connect(place, ProtocolVersion.V3_1_1, "publisher")) {
      for (int i = 0; i < MESSAGES; i += WINDOW) {
        for (int id = 1; id <= WINDOW; id++) {
          Bytes payload = Bytes.utf8("message " + (i + id));
          publisher.send(Numbering.publish(false, QoS.AT_LEAST_ONCE, false, id, TOPIC, payload));
        }
        publisher.flush();
        for (int id = 1; id <= WINDOW; id++) {
          publisher.receive(PubAck.class);
        }
      }
    }
  }

  private static void receiveAll(ClientSocket consumer) throws IOException {
    for (int i = 1; i <= MESSAGES; i++) {
      Publish message = consumer.receive(Publish.class);
      assertEquals("message " + i, message.payload().toUtf8());
      consumer.send(new PubAck(message.packetId()));
      if (!consumer.hasInput()) {
        consumer.flush();
      }
    }
  }
}
