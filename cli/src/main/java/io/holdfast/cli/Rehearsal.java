package io.holdfast.cli;

import io.holdfast.cli.prove.ClientSocket;
import io.holdfast.cli.prove.Place;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.server.Holdfast;
import io.holdfast.server.StartException;
import io.holdfast.server.config.Configuration;
import io.holdfast.server.config.ConfigurationReader;
import io.holdfast.server.logging.BrokerLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;

/// A short life of a broker, which the launcher has Java live once after a build: what Java learns
/// from it about classes makes every later start faster (JEP 483, JEP 514).
final class Rehearsal {
  private static final int MESSAGES = 100;

  /// Enough that Java learns how sessions are read back.
  private static final int SESSIONS = 2_000;

  private static final List<ProtocolVersion> VERSIONS =
      List.of(ProtocolVersion.V3_1_1, ProtocolVersion.V5);

  private Rehearsal() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("holdfast-rehearsal");
    try {
      new CommandLine(new Main()).parseArgs("broker", "--data", folder.toString());
      Configuration configuration = ConfigurationReader.read(Optional.empty(), List.of(0), false);
      try (BrokerLog log = BrokerLog.open(configuration.log())) {
        publish(configuration, folder, log);
        consume(configuration, folder, log);
      }
    } finally {
      delete(folder);
    }
  }

  /// Leaves something for the second start to read.
  private static void publish(Configuration configuration, Path folder, BrokerLog log)
      throws StartException, IOException {
    try (Holdfast broker = Holdfast.start(configuration, folder, log)) {
      Place place = new Place(broker.addresses().getFirst());
      for (ProtocolVersion version : VERSIONS) {
        try (ClientSocket socket = ClientSocket.connect(place, version, version.name())) {
          socket.subscribe("rehearsal/#");
        }
        try (ClientSocket socket = ClientSocket.connect(place, version, "publisher")) {
          publish(socket);
        }
      }
      for (int i = 0; i < SESSIONS; i++) {
        try (ClientSocket socket =
            ClientSocket.connect(place, ProtocolVersion.V3_1_1, "rehearsal-" + i)) {
          socket.subscribe("session/" + i);
        }
      }
    }
  }

  private static void consume(Configuration configuration, Path folder, BrokerLog log)
      throws StartException, IOException {
    try (Holdfast broker = Holdfast.start(configuration, folder, log)) {
      Place place = new Place(broker.addresses().getFirst());
      for (ProtocolVersion version : VERSIONS) {
        try (ClientSocket socket = ClientSocket.connect(place, version, version.name())) {
          for (int i = 0; i < MESSAGES; i++) {
            socket.send(new PubAck(socket.receive(Publish.class).packetId()));
            socket.flush();
          }
        }
      }
    }
  }

  private static void publish(ClientSocket socket) throws IOException {
    for (int i = 1; i <= MESSAGES; i++) {
      socket.send(
          new Publish(
              false,
              QoS.AT_LEAST_ONCE,
              false,
              i,
              Bytes.utf8("rehearsal/" + i),
              0,
              -1,
              SubscriptionIdentifiers.NONE,
              Bytes.EMPTY,
              Bytes.utf8("something")));
      socket.flush();
      socket.receive(PubAck.class);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
