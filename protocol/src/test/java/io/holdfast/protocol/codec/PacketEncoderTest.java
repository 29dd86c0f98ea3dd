package io.holdfast.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.UnsubAck;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What becomes of a packet that says more than its version can.
class PacketEncoderTest {
  @Test
  void before5AnAnswerIsItsPacketIdentifier() {
    PubAck full = new PubAck(7, ReasonCode.QUOTA_EXCEEDED, Optional.of("full"), List.of());
    assertEquals("40020007", hex(full, ProtocolVersion.V3_1_1));
    assertEquals("400b000797071f0004" + "66756c6c", hex(full, ProtocolVersion.V5));
  }

  @Test
  void before5EveryFailureOfASubscriptionIsTheSame() {
    SubAck subAck =
        new SubAck(
            10,
            List.of(
                ReasonCode.GRANTED_QOS_1,
                ReasonCode.NOT_AUTHORIZED,
                ReasonCode.TOPIC_FILTER_INVALID));
    assertEquals("9005000a018080", hex(subAck, ProtocolVersion.V3_1_1));
    assertEquals("9006000a0001878f", hex(subAck, ProtocolVersion.V5));
  }

  @Test
  void before5UnsubackHasNoCodes() {
    UnsubAck unsubAck = new UnsubAck(10, List.of(ReasonCode.NO_SUBSCRIPTION_EXISTED));
    assertEquals("b002000a", hex(unsubAck, ProtocolVersion.V3_1));
    assertEquals("b004000a0011", hex(unsubAck, ProtocolVersion.V5));
  }

  @Test
  void before5ARefusalIsAReturnCode() {
    assertReturnCode(1, ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
    assertReturnCode(2, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    assertReturnCode(3, ReasonCode.SERVER_UNAVAILABLE);
    assertReturnCode(3, ReasonCode.SERVER_BUSY);
    assertReturnCode(3, ReasonCode.QUOTA_EXCEEDED);
    assertReturnCode(4, ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    assertReturnCode(5, ReasonCode.NOT_AUTHORIZED);
    assertReturnCode(5, ReasonCode.BANNED);
  }

  private static void assertReturnCode(int code, ReasonCode reasonCode) {
    ConnAck refused = ConnAck.refused(reasonCode, Optional.of("why"));
    assertEquals("2002000" + code, hex(refused, ProtocolVersion.V3_1_1));
  }

  @Test
  void aSessionIsPresentOnlyInASuccess() {
    ConnAck refused = new ConnAck(true, ReasonCode.NOT_AUTHORIZED, List.of());
    assertEquals("2003008700", hex(refused, ProtocolVersion.V5));
    ConnAck resumed = new ConnAck(true, ReasonCode.SUCCESS, List.of());
    assertEquals("20020100", hex(resumed, ProtocolVersion.V3_1_1));
    assertEquals("20020000", hex(resumed, ProtocolVersion.V3_1));
  }

  @Test
  void before5DisconnectIsEmpty() {
    Disconnect disconnect = new Disconnect(ReasonCode.SERVER_SHUTTING_DOWN, "bye");
    assertEquals("e000", hex(disconnect, ProtocolVersion.V3_1_1));
    assertEquals("e0088b061f0003627965", hex(disconnect, ProtocolVersion.V5));
  }

  @Test
  void aFieldThatIsTooLongIsNotWrittenAsOtherFields() {
    Disconnect disconnect = new Disconnect(ReasonCode.SERVER_BUSY, "x".repeat(65536));
    assertThrows(
        IllegalArgumentException.class, () -> PacketEncoder.length(disconnect, ProtocolVersion.V5));
  }

  @Test
  void aConnectTellsNoSecretAsText() {
    Connect connect =
        new Connect(
            ProtocolVersion.V5,
            false,
            "alice",
            true,
            0,
            Optional.empty(),
            Optional.of("bob"),
            Optional.of(Bytes.utf8("secret")),
            -1,
            1,
            -1,
            0,
            false,
            true,
            List.of(),
            Optional.of("method"),
            Optional.of(Bytes.utf8("secret")));
    assertFalse(connect.toString().contains("secret"));
  }

  private static String hex(Packet packet, ProtocolVersion version) {
    ByteBuffer output = ByteBuffer.allocate((int) PacketEncoder.length(packet, version));
    PacketEncoder.encode(packet, version, output);
    assertEquals(0, output.remaining());
    return HexFormat.of().formatHex(output.array());
  }
}
