package io.holdfast.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cli.prove.BrokerProcess;
import io.holdfast.cli.prove.Client;
import io.holdfast.cli.prove.ClientSocket;
import io.holdfast.cli.prove.Numbering;
import io.holdfast.cli.prove.Place;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.Will;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a broker knew beside its queues is there again after `kill -9`.
@Timeout(150)
class KilledStateTest {
  private static final int HEAP_MEGABYTES = 128;

  private @TempDir Path folder;

  private BrokerProcess launch() throws IOException {
    return HoldfastProcess.launch(folder, HEAP_MEGABYTES);
  }

  private static void publish(ClientSocket socket, boolean retain, String topic, String text)
      throws IOException {
    socket.send(Numbering.publish(false, QoS.AT_LEAST_ONCE, retain, 1, topic, Bytes.utf8(text)));
    socket.flush();
    socket.receive(PubAck.class);
  }

  /// What comes before the answer to a ping.
  private static List<String> received(ClientSocket socket) throws IOException {
    List<String> received = new ArrayList<>();
    socket.send(new PingReq());
    socket.flush();
    for (Packet packet = socket.receive();
        !(packet instanceof PingResp);
        packet = socket.receive()) {
      if (packet instanceof Publish publish) {
        received.add(shown(publish));
      }
    }
    return received;
  }

  private static String shown(Publish publish) {
    return publish.topic().toUtf8() + " " + publish.payload().toUtf8();
  }

  @Test
  void retainedMessagesSurvive() throws Exception {
    try (BrokerProcess broker = launch()) {
      Place place = broker.awaitListening();
      try (ClientSocket publisher =
          ClientSocket.connect(place, ProtocolVersion.V3_1_1, "publisher")) {
        publish(publisher, true, "kept", "old");
        publish(publisher, true, "kept", "new");
        publish(publisher, true, "cleared", "text");
        publish(publisher, true, "cleared", "");
        broker.kill();
      }
    }
    try (BrokerProcess broker = launch();
        ClientSocket reader =
            ClientSocket.connect(broker.awaitListening(), ProtocolVersion.V5, "reader")) {
      reader.subscribe("#");
      List<String> received = new ArrayList<>(List.of(shown(reader.receive(Publish.class))));
      received.addAll(received(reader));
      assertEquals(List.of("kept new"), received);
    }
  }

  /// A subscription that was answered is one, an answered unsubscription is none, and a session
  /// that was ended is gone with all that it had.
  @Test
  void sessionsSurviveAsTheyWereAnswered() throws Exception {
    try (BrokerProcess broker = launch()) {
      Place place = broker.awaitListening();
      try (ClientSocket kept = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "kept");
          ClientSocket ended = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "ended")) {
        kept.subscribe("a");
        ended.subscribe("a");
      }
      try (ClientSocket again =
          ClientSocket.connect(place, ProtocolVersion.V3_1_1, "ended", true, Optional.empty())) {
        broker.kill();
        assertFalse(again.hasInput());
      }
    }
    try (BrokerProcess broker = launch()) {
      Place place = broker.awaitListening();
      try (ClientSocket publisher =
          ClientSocket.connect(place, ProtocolVersion.V3_1_1, "publisher")) {
        publish(publisher, false, "a", "text");
      }
      assertTrue(isPresent(place, "kept"));
      assertFalse(isPresent(place, "ended"));
      try (ClientSocket kept = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "kept")) {
        assertEquals("a text", shown(kept.receive(Publish.class)));
      }
    }
  }

  private static boolean isPresent(Place place, String clientId) throws IOException {
    try (ClientSocket socket = ClientSocket.open(place, ProtocolVersion.V5)) {
      socket.send(Client.connect(ProtocolVersion.V5, clientId, false, 65535, Optional.empty()));
      socket.flush();
      return socket.receive(ConnAck.class).sessionPresent();
    }
  }

  /// Clients that were connected when the broker was killed have time to come back, and then their
  /// wills are published: of durable and of transient sessions. Not of those who said goodbye,
  /// before or after.
  @Test
  @Tag("slow") // A will waits for half a minute.
  void willsSurvive() throws Exception {
    try (BrokerProcess broker = launch()) {
      Place place = broker.awaitListening();
      try (ClientSocket watcher = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "watcher");
          ClientSocket durable = withWill(place, ProtocolVersion.V3_1_1, "durable", false);
          ClientSocket unkept = withWill(place, ProtocolVersion.V5, "transient", true);
          ClientSocket back = withWill(place, ProtocolVersion.V3_1_1, "back", false);
          ClientSocket gone = withWill(place, ProtocolVersion.V5, "gone", false)) {
        watcher.subscribe("will/#");
        sayGoodbye(gone);
        assertEquals(List.of(), received(watcher));
        assertFalse(durable.hasInput() || unkept.hasInput() || back.hasInput());
        broker.kill();
      }
    }
    try (BrokerProcess broker = launch()) {
      Place place = broker.awaitListening();
      try (ClientSocket back = withWill(place, ProtocolVersion.V3_1_1, "back", false)) {
        sayGoodbye(back);
      }
      try (ClientSocket watcher = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "watcher")) {
        TreeSet<String> wills = new TreeSet<>();
        wills.add(shown(watcher.receive(Publish.class)));
        wills.add(shown(watcher.receive(Publish.class)));
        wills.addAll(received(watcher));
        assertEquals(List.of("will/durable lost", "will/transient lost"), List.copyOf(wills));
      }
    }
  }

  private static ClientSocket withWill(
      Place place, ProtocolVersion version, String clientId, boolean clean) throws IOException {
    Will will =
        new Will(
            Bytes.utf8("will/" + clientId),
            Bytes.utf8("lost"),
            QoS.AT_LEAST_ONCE,
            false,
            0,
            -1,
            Bytes.EMPTY);
    return ClientSocket.connect(place, version, clientId, clean, Optional.of(will));
  }

  /// Waits until the broker has heard it.
  private static void sayGoodbye(ClientSocket socket) throws IOException {
    socket.send(new Disconnect(ReasonCode.SUCCESS));
    socket.flush();
    socket.awaitEnd();
  }
}
