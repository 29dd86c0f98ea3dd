package io.holdfast.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.wire.PacketText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What one decoder remembers from packet to packet, and what it does not.
class PacketDecoderTest {
  private static final String CONNECT_31 = "1013 0006 4d5149736470 03 02 003c 0005 616c696365";
  private static final String CONNECT_311 = "1011 0004 4d515454 04 02 003c 0005 616c696365";
  private static final String CONNECT_5 = "1012 0004 4d515454 05 02 003c 00 0005 616c696365";

  private final PacketDecoder decoder = new PacketDecoder(1000);

  @Test
  void connectSaysTheVersionOfWhatFollows() {
    decode(CONNECT_5);
    assertEquals(Optional.of(ProtocolVersion.V5), decoder.version());
    assertEquals("DISCONNECT 0x04", decode("e001 04"));
  }

  @Test
  void packetsThatCameTogetherAreReadOneByOne() {
    ByteBuffer input = buffer(CONNECT_311 + "c000" + "3005 0003 612f62" + "c0");
    assertInstanceOf(Connect.class, complete(input));
    assertInstanceOf(PingReq.class, complete(input));
    assertInstanceOf(Publish.class, complete(input));
    assertEquals(new Decoded.Incomplete(0), decoder.decode(input));
    assertEquals(1, input.remaining());
  }

  @Test
  void aSecondConnectIsAProtocolError() {
    for (String first : new String[] {CONNECT_31, CONNECT_311, CONNECT_5}) {
      for (String second : new String[] {CONNECT_311, CONNECT_5, "1006 0004 4d515454", "1000"}) {
        PacketDecoder fresh = new PacketDecoder(1000);
        fresh.decode(buffer(first));
        assertEquals("malformed 0x82", PacketText.of(fresh.decode(buffer(second))), first + second);
      }
    }
  }

  @Test
  void aSecondConnectOfAnUnknownVersionIsAProtocolErrorToo() {
    decode(CONNECT_311);
    assertEquals("malformed 0x82", decode("1011 0004 4d515454 06 02 003c 0005 616c696365"));
  }

  @Test
  void theVersionOfAMalformedConnectIsKnownForItsAnswer() {
    assertEquals(Optional.empty(), decoder.version());
    assertEquals("malformed 0x81", decode("100a 0004 4d515454 05 03 003c"));
    assertEquals(Optional.of(ProtocolVersion.V5), decoder.version());
  }

  @Test
  void noVersionIsKnownWhereNobodySpeaksIt() {
    decode("1011 0004 4d515454 06 02 003c 0005 616c696365");
    assertEquals(Optional.empty(), decoder.version());
  }

  @Test
  void aPacketThatIsTooLargeIsRefusedByItsHeadAlone() {
    assertEquals(new Decoded.Incomplete(1000), decoder.decode(buffer("10 e507")));
    assertEquals("malformed 0x95", decode("10 e607"));
  }

  @Test
  void nothingInFrontOfThePositionOrBehindTheLimitIsRead() {
    byte[] bytes = HexFormat.of().parseHex("ffff" + CONNECT_311.replace(" ", "") + "ffff");
    ByteBuffer input = ByteBuffer.wrap(bytes).position(2).limit(bytes.length - 2);
    assertEquals("alice", ((Connect) complete(input)).clientId());
    assertEquals(bytes.length - 2, input.position());
    ByteBuffer cut = ByteBuffer.wrap(bytes).position(2).limit(bytes.length - 3);
    assertEquals(new Decoded.Incomplete(19), new PacketDecoder(1000).decode(cut));
  }

  @Test
  void anyKindOfBufferWillDo() {
    byte[] bytes = HexFormat.of().parseHex(CONNECT_5.replace(" ", ""));
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    ByteBuffer littleEndian = ByteBuffer.wrap(bytes).slice().order(ByteOrder.LITTLE_ENDIAN);
    for (ByteBuffer input : new ByteBuffer[] {direct, direct.asReadOnlyBuffer(), littleEndian}) {
      input.rewind();
      assertEquals(
          "CONNECT \"alice\" clean keep-alive=60",
          PacketText.of(new PacketDecoder(1000).decode(input)));
    }
  }

  @Test
  void aConnectOfAnotherVersionThanTheConnectionsIsRefused() {
    PacketDecoder known = new PacketDecoder(1000, Role.CLIENT, ProtocolVersion.V3_1_1);
    assertEquals("malformed 0x82", PacketText.of(known.decode(buffer(CONNECT_5))));
  }

  @Test
  void whatWasCopiedOutlivesTheBuffer() {
    ByteBuffer input = buffer("320c 0003 612f62 0007 68656c6c6f");
    PacketDecoder known = new PacketDecoder(1000, Role.CLIENT, ProtocolVersion.V3_1_1);
    Publish publish = (Publish) ((Decoded.Complete) known.decode(input)).packet();
    Bytes topic = publish.topic().copy();
    Bytes payload = publish.payload().copy();
    for (int i = 0; i < input.capacity(); i++) {
      input.put(i, (byte) 0xEE);
    }
    assertEquals("a/b", topic.toUtf8());
    assertEquals("hello", payload.toUtf8());
    assertEquals((byte) 0xEE, publish.payload().at(0), "the view itself is only borrowed");
  }

  private String decode(String hex) {
    return PacketText.of(decoder.decode(buffer(hex)));
  }

  private Packet complete(ByteBuffer input) {
    return assertInstanceOf(Decoded.Complete.class, decoder.decode(input)).packet();
  }

  private static ByteBuffer buffer(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
