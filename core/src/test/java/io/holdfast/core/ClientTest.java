package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.queue.Arrivals;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ClientTest {
  private static Client client(ProtocolVersion version) {
    ClientConnection connection =
        new ClientConnection(1, new ListenerSettings(true, -1, true, ""), "", 0);
    Session session = new Session("client", new Queue(1, false, 0, 0, new Arrivals()), version, 0);
    return new Client(connection, session, version, 0, 20, -1, true, false, 0, 0);
  }

  /// Only its length counts here, so there is no memory behind it.
  private static Publish publish(int payloadBytes) {
    Bytes payload = Bytes.borrow(ByteBuffer.allocate(0), 0, payloadBytes);
    return new Publish(
        false,
        QoS.AT_MOST_ONCE,
        false,
        0,
        Bytes.utf8("t"),
        0,
        -1,
        SubscriptionIdentifiers.NONE,
        Bytes.EMPTY,
        payload);
  }

  @Test
  void theLongestPacketOfAnOldClientIsTooLongForANewOne() {
    Publish longest = publish(Limits.PACKET_BYTES_MAX - 5 - 3);
    assertTrue(client(ProtocolVersion.V3_1_1).takes(longest));
    assertFalse(client(ProtocolVersion.V5).takes(longest));
    assertTrue(client(ProtocolVersion.V5).takes(publish(1000)));
  }
}
