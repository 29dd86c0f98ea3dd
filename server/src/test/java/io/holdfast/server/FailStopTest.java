package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.server.WatchedDisk.Fault;
import io.holdfast.server.WatchedDisk.Syncs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A disk that fails or is full ends the broker, at once and for good; and nothing that it had
/// acknowledged is lost.
@Timeout(60)
class FailStopTest {
  /// Large, so that a full disk is met soon.
  private static final int MESSAGE_BYTES = 200_000;

  private final WatchedDisk disk = new WatchedDisk(Syncs.AS_IT_SHOULD);
  private int acknowledged;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aFaultIsFinal(Fault fault) throws Exception {
    WatchedBroker broker = new WatchedBroker(disk);
    try (RawClient alice = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient bob = new RawClient(broker.port(), ProtocolVersion.V5);
        RawClient idle = new RawClient(broker.port(), ProtocolVersion.V5)) {
      alice.connect("alice", false);
      alice.send(RawClient.subscribe(1, "#", QoS.AT_LEAST_ONCE));
      alice.receive(SubAck.class);
      alice.hangUp();
      bob.connect("bob", false);
      idle.connect("idle", true);
      publish(bob, 5);
      disk.fail(fault);
      publish(bob, Integer.MAX_VALUE);
      assertEquals(Optional.empty(), next(idle), "all connections are cut");
      assertEquals(3, broker.awaitStop());
    }
    assertThrows(
        ConnectException.class, () -> new RawClient(broker.port(), ProtocolVersion.V5).close());
    broker.close();
    assertEquals(1, broker.said().fatal().size());
    String said = broker.said().fatal().getFirst();
    assertTrue(said.contains(fault == Fault.SYNC ? "Input/output error" : "No space left"), said);
    assertTrue(fault == Fault.NEW_FILES || disk.callsAfterFault() == 0, "not tried again");
    assertEverythingIsThere(disk.afterKill());
    assertEverythingIsThere(disk.afterPowerCut());
  }

  /// Publishes `count` messages, one after the other, or as many as are acknowledged.
  private void publish(RawClient client, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[MESSAGE_BYTES];
      payload[0] = (byte) (acknowledged + 1);
      try {
        client.send(RawClient.publish("topic", QoS.AT_LEAST_ONCE, 1, payload));
      } catch (SocketException cut) {
        return;
      }
      Optional<Packet> answer = next(client);
      if (answer.isEmpty()) {
        return;
      }
      assertEquals(new PubAck(1), answer.get());
      acknowledged++;
    }
  }

  private static Optional<Packet> next(RawClient client) throws IOException {
    try {
      return client.receive();
    } catch (SocketException cut) {
      return Optional.empty();
    }
  }

  private void assertEverythingIsThere(WatchedDisk found) throws Exception {
    try (WatchedBroker broker = new WatchedBroker(found);
        RawClient alice = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      alice.connect("alice", false);
      List<Integer> received = new ArrayList<>();
      List<Integer> expected = new ArrayList<>();
      for (int i = 1; i <= acknowledged; i++) {
        expected.add(i);
        Publish message = alice.receive(Publish.class);
        received.add((int) message.payload().at(0));
        alice.send(new PubAck(message.packetId()));
      }
      assertEquals(expected, received);
    }
  }
}
