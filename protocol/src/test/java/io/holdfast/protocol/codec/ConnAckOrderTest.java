package io.holdfast.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.ConnAck.Property;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The properties of a CONNACK go out in the order of its list, so that a fleet that comes from
/// Mosquitto gets the bytes it is used to: topic alias maximum, server keep alive, assigned client
/// identifier, retain available, maximum packet size, receive maximum, maximum QoS.
class ConnAckOrderTest {
  private static final String ASSIGNED = "auto-10FA1925-C254-864E-AC3E-0CBDFA763A6C";

  /// The bytes are Mosquitto 2.0.11's, for a CONNECT without a client id and `max_keepalive 30`,
  /// `retain_available false`, `max_packet_size 100000`, `max_qos 1`.
  @Test
  void theOrderOfMosquittoGivesTheBytesOfMosquitto() {
    ConnAck ours =
        new ConnAck(
            false,
            ReasonCode.SUCCESS,
            List.of(
                new Property.TopicAliasMaximum(10),
                new Property.ServerKeepAlive(30),
                new Property.AssignedClientIdentifier(ASSIGNED),
                new Property.RetainAvailable(false),
                new Property.MaximumPacketSize(100_000),
                new Property.ReceiveMaximum(20),
                new Property.MaximumQoS(QoS.AT_LEAST_ONCE)));
    String mosquittos =
        "2041 00 00 3e 22000a 13001e 120029"
            + HexFormat.of().formatHex(ASSIGNED.getBytes(StandardCharsets.US_ASCII))
            + "2500 27000186a0 210014 2401";
    assertEquals(mosquittos.replace(" ", ""), hex(ours));
  }

  @Test
  void theDefaultsGiveTheBytesOfMosquitto() {
    ConnAck ours =
        new ConnAck(
            false,
            ReasonCode.SUCCESS,
            List.of(new Property.TopicAliasMaximum(10), new Property.ReceiveMaximum(20)));
    assertEquals("200900000622000a210014", hex(ours));
  }

  private static String hex(ConnAck connAck) {
    ByteBuffer output = ByteBuffer.allocate(200);
    PacketEncoder.encode(connAck, ProtocolVersion.V5, output);
    return HexFormat.of().formatHex(output.array(), 0, output.position());
  }
}
