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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Where there is no more space the broker says no, goes on delivering, and takes more when there
/// is some again; also where it is killed meanwhile (promise P6).
@Timeout(120)
class FullDiskTest {
  private static final int HEAP_MEGABYTES = 128;
  private static final int LIMIT_BYTES = 16 << 20;

  /// The log's first file fits, and no regular one after it.
  private static final long FILE_BYTES_MAX = 7 << 20;

  private static final int MESSAGE_BYTES = 100_000;

  private @TempDir Path folder;

  @Test
  void atTheOperatorsLimitPublishersAreRefusedAndConsumersDrainAcrossAKill() throws Exception {
    Path configuration = folder.resolve("holdfast.conf");
    Files.writeString(configuration, "persistence_max_bytes " + LIMIT_BYTES + "\n");
    Path data = folder.resolve("data");
    int accepted;
    try (BrokerProcess broker = HoldfastProcess.launch(data, configuration, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      accepted = fill(place);
      assertTrue(accepted > 50, "there was space for some: " + accepted);
      assertTrue(bytesIn(data) < 2 * LIMIT_BYTES, "the limit is kept: " + bytesIn(data));
      killWithholding(broker, place, accepted);
    }
    try (BrokerProcess broker = HoldfastProcess.launch(data, configuration, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      drainAndGoOn(place, publishUntilRefused(place, accepted));
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no ulimit")
  void whereTheSystemGivesNoMoreItIsTheSame() throws Exception {
    try (BrokerProcess broker =
        HoldfastProcess.launchWithFilesUpTo(FILE_BYTES_MAX, folder, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      int accepted = fill(place);
      assertTrue(accepted > 20, "there was space for some: " + accepted);
      try (ClientSocket away = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "away")) {
        drain(away, accepted);
      }
    }
  }

  /// A publisher of 3.1.1 hears nothing until the broker is killed, while one of 5.0 does.
  private static void killWithholding(BrokerProcess broker, Place place, int number)
      throws IOException, InterruptedException {
    try (ClientSocket withheld = connectClean(place, ProtocolVersion.V3_1_1, "withheld");
        ClientSocket refused = connectClean(place, ProtocolVersion.V5, "refused")) {
      send(withheld, number);
      assertEquals(ReasonCode.QUOTA_EXCEEDED, publish(refused, number));
      broker.kill();
      assertThrows(IOException.class, withheld::receive, "it was not answered");
    }
  }

  private static ClientSocket connectClean(Place place, ProtocolVersion version, String clientId)
      throws IOException {
    return ClientSocket.connect(place, version, clientId, true, Optional.empty());
  }

  /// Subscribes for somebody who is away, and publishes until that is refused. Gives how many
  /// messages were accepted.
  private static int fill(Place place) throws IOException {
    try (ClientSocket away = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "away")) {
      away.subscribe("#");
    }
    return publishUntilRefused(place, 0);
  }

  /// Gives the number of the first message that was not accepted.
  private static int publishUntilRefused(Place place, int from) throws IOException {
    int number = from;
    try (ClientSocket socket = connectClean(place, ProtocolVersion.V5, "publisher")) {
      while (publish(socket, number) == ReasonCode.SUCCESS) {
        number++;
      }
      assertEquals(ReasonCode.QUOTA_EXCEEDED, publish(socket, number));
    }
    return number;
  }

  private static ReasonCode publish(ClientSocket socket, int number) throws IOException {
    send(socket, number);
    return socket.receive(PubAck.class).reasonCode();
  }

  private static void send(ClientSocket socket, int number) throws IOException {
    Bytes payload = Bytes.own(ByteBuffer.allocate(MESSAGE_BYTES).putInt(number).array());
    socket.send(Numbering.publish(false, QoS.AT_LEAST_ONCE, false, 1, "topic", payload));
    socket.flush();
  }

  private static void drain(ClientSocket away, int accepted) throws IOException {
    for (int number = 0; number < accepted; number++) {
      Publish message = away.receive(Publish.class);
      assertEquals(number, message.payload().asBuffer().getInt());
      away.send(new PubAck(message.packetId()));
      away.flush();
    }
  }

  /// A publisher of 3.1.1 is withheld, and its message goes through once others were taken.
  private static void drainAndGoOn(Place place, int accepted) throws IOException {
    try (ClientSocket publisher = connectClean(place, ProtocolVersion.V3_1_1, "withheld");
        ClientSocket away = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "away")) {
      send(publisher, accepted);
      drain(away, accepted);
      assertEquals(1, publisher.receive(PubAck.class).packetId());
      assertEquals(accepted, away.receive(Publish.class).payload().asBuffer().getInt());
    }
  }

  private static long bytesIn(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
