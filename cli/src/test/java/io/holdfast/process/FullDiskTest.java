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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Where the system gives no more room, the broker ends, says why, and has lost nothing.
@Timeout(120)
class FullDiskTest {
  private static final int HEAP_MEGABYTES = 128;
  private static final int LOG_FAILED = 3;

  /// The log's first files fit, and the next one does not.
  private static final long FILE_BYTES_MAX = 10 << 20;

  private static final int MESSAGE_BYTES = 100_000;

  private @TempDir Path folder;

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no ulimit")
  void noRoomEndsTheBrokerAndLosesNothing() throws Exception {
    int acknowledged;
    try (BrokerProcess broker =
        HoldfastProcess.launchWithFilesUpTo(FILE_BYTES_MAX, folder, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      try (ClientSocket away = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "away")) {
        away.subscribe("#");
      }
      acknowledged = publishUntilCut(place);
      assertEquals(LOG_FAILED, broker.awaitEnd(), () -> "said " + broker.said());
      assertTrue(
          broker.said().stream().anyMatch(line -> line.contains("the log failed")),
          () -> "said " + broker.said());
    }
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES);
        ClientSocket away =
            ClientSocket.connect(broker.awaitListening(), ProtocolVersion.V3_1_1, "away")) {
      for (int number = 0; number < acknowledged; number++) {
        Publish message = away.receive(Publish.class);
        assertEquals(number, message.payload().asBuffer().getInt());
        away.send(new PubAck(message.packetId()));
        away.flush();
      }
    }
  }

  /// Gives how many were acknowledged.
  private static int publishUntilCut(Place place) {
    int acknowledged = 0;
    try (ClientSocket socket = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "publisher")) {
      while (true) {
        Bytes payload = Bytes.own(ByteBuffer.allocate(MESSAGE_BYTES).putInt(acknowledged).array());
        socket.send(Numbering.publish(false, QoS.AT_LEAST_ONCE, false, 1, "topic", payload));
        socket.flush();
        socket.receive(PubAck.class);
        acknowledged++;
      }
    } catch (IOException cut) {
      return acknowledged;
    }
  }
}
