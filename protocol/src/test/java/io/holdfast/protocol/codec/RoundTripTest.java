package io.holdfast.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.packet.Auth;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.Will;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What one side writes the other reads, however the bytes arrive.
class RoundTripTest {
  private static final int PACKETS = 400;
  private static final int PACKET_BYTES_MAX = 1_000_000;

  /// A packet and where it stands, with a seed that says how to get it again.
  private record Sent(long seed, Packet packet, ProtocolVersion version, Role role, byte[] bytes) {
    PacketDecoder decoder() {
      return packet instanceof Connect
          ? new PacketDecoder(PACKET_BYTES_MAX)
          : new PacketDecoder(PACKET_BYTES_MAX, role, version);
    }

    @Override
    public String toString() {
      return "seed %d, %s, %s".formatted(seed, version, role);
    }
  }

  private static void forMany(ProtocolVersion version, BiConsumer<Sent, PacketDecoder> check) {
    for (Role role : Role.values()) {
      for (long seed = 0; seed < PACKETS; seed++) {
        Packet packet = new PacketGenerator(seed).next(version, role);
        Sent sent = new Sent(seed, packet, version, role, encoded(packet, version));
        check.accept(sent, sent.decoder());
      }
    }
  }

  private static byte[] encoded(Packet packet, ProtocolVersion version) {
    ByteBuffer output = ByteBuffer.allocate((int) PacketEncoder.length(packet, version) + 100);
    PacketEncoder.encode(packet, version, output);
    return Arrays.copyOf(output.array(), output.position());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsRead(ProtocolVersion version) {
    forMany(
        version,
        (sent, decoder) -> {
          ByteBuffer input = ByteBuffer.wrap(sent.bytes);
          assertEquals(new Decoded.Complete(sent.packet), decoder.decode(input), sent::toString);
          assertEquals(0, input.remaining(), sent::toString);
        });
  }

  @ParameterizedTest
  @EnumSource
  void nothingOfOnePacketIsLeftInTheNext(ProtocolVersion version) {
    for (Role role : Role.values()) {
      PacketDecoder decoder = new PacketDecoder(PACKET_BYTES_MAX, role, version);
      for (long seed = 0; seed < PACKETS; seed++) {
        Packet packet = new PacketGenerator(seed).publish(version, role);
        ByteBuffer input = ByteBuffer.wrap(encoded(packet, version));
        String hint = "seed %d, %s, %s".formatted(seed, version, role);
        assertEquals(new Decoded.Complete(packet), decoder.decode(input), hint);
      }
    }
  }

  /// Remaining lengths around the steps from one length byte to the next.
  @ParameterizedTest
  @ValueSource(ints = {3, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152})
  void aLengthTakesAsManyBytesAsItNeeds(int bodyBytes) {
    Bytes topic = Bytes.utf8("t");
    Bytes payload = Bytes.own(new byte[bodyBytes - 2 - topic.length()]);
    Publish publish =
        new Publish(
            false,
            QoS.AT_MOST_ONCE,
            false,
            0,
            topic,
            0,
            -1,
            SubscriptionIdentifiers.NONE,
            Bytes.EMPTY,
            payload);
    int lengthBytes = bodyBytes < 128 ? 1 : bodyBytes < 16_384 ? 2 : bodyBytes < 2_097_152 ? 3 : 4;
    int expected = 1 + lengthBytes + bodyBytes;
    assertEquals(expected, PacketEncoder.length(publish, ProtocolVersion.V3_1_1));
    ByteBuffer output = ByteBuffer.allocate(expected);
    PacketEncoder.encode(publish, ProtocolVersion.V3_1_1, output);
    assertEquals(0, output.remaining());
    PacketDecoder decoder = new PacketDecoder(expected, Role.CLIENT, ProtocolVersion.V3_1_1);
    assertEquals(new Decoded.Complete(publish), decoder.decode(output.flip()));
  }

  @ParameterizedTest
  @EnumSource
  void theLengthIsKnownBeforehand(ProtocolVersion version) {
    forMany(
        version,
        (sent, decoder) ->
            assertEquals(
                sent.bytes.length, PacketEncoder.length(sent.packet, version), sent::toString));
  }

  @ParameterizedTest
  @EnumSource
  void theEncoderWritesWhereTheOutputStandsAndNowhereElse(ProtocolVersion version) {
    forMany(
        version,
        (sent, decoder) -> {
          ByteBuffer output = ByteBuffer.allocateDirect(sent.bytes.length + 10);
          output.position(5).limit(5 + sent.bytes.length);
          PacketEncoder.encode(sent.packet, version, output);
          assertEquals(0, output.remaining(), sent::toString);
          byte[] all = new byte[sent.bytes.length + 10];
          output.clear().get(all);
          byte[] expected = new byte[sent.bytes.length + 10];
          System.arraycopy(sent.bytes, 0, expected, 5, sent.bytes.length);
          assertEquals(Bytes.own(expected), Bytes.own(all), sent::toString);
        });
  }

  @ParameterizedTest
  @EnumSource
  void untilTheLastByteItIsIncomplete(ProtocolVersion version) {
    forMany(
        version,
        (sent, decoder) -> {
          ByteBuffer input = ByteBuffer.wrap(sent.bytes);
          int step = 1 + sent.bytes.length / 500;
          for (int end = 0; end < sent.bytes.length; end += end < 20 ? 1 : step) {
            Decoded decoded = decoder.decode(input.limit(end));
            int known = ((Decoded.Incomplete) decoded).packetBytes();
            assertEquals(known == 0 ? 0 : sent.bytes.length, known, sent::toString);
            assertEquals(0, input.position(), sent::toString);
          }
          assertEquals(
              new Decoded.Complete(sent.packet),
              decoder.decode(input.limit(sent.bytes.length)),
              sent::toString);
        });
  }

  @ParameterizedTest
  @EnumSource
  void whatFollowsAPacketIsNotLookedAt(ProtocolVersion version) {
    forMany(
        version,
        (sent, decoder) -> {
          for (int follows : new int[] {0x00, 0x7F, 0xFF}) {
            byte[] more = Arrays.copyOf(sent.bytes, sent.bytes.length + 9);
            Arrays.fill(more, sent.bytes.length, more.length, (byte) follows);
            ByteBuffer input = ByteBuffer.wrap(more);
            assertEquals(
                new Decoded.Complete(sent.packet), sent.decoder().decode(input), sent::toString);
            assertEquals(sent.bytes.length, input.position(), sent::toString);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void whatWasCopiedOutlivesTheBuffer(ProtocolVersion version) {
    forMany(
        version,
        (sent, decoder) -> {
          byte[] bytes = sent.bytes.clone();
          Decoded decoded = decoder.decode(ByteBuffer.wrap(bytes));
          Packet kept = kept(((Decoded.Complete) decoded).packet());
          Arrays.fill(bytes, (byte) 0xEE);
          assertEquals(sent.packet, kept, sent::toString);
        });
  }

  /// The packet as somebody keeps it who copies what is borrowed.
  private static Packet kept(Packet packet) {
    return switch (packet) {
      case Publish p ->
          new Publish(
              p.dup(),
              p.qos(),
              p.retain(),
              p.packetId(),
              p.topic().copy(),
              p.topicAlias(),
              p.messageExpirySeconds(),
              p.subscriptionIdentifiers(),
              p.passedOn().copy(),
              p.payload().copy());
      case Connect c ->
          new Connect(
              c.version(),
              c.bridge(),
              c.clientId(),
              c.cleanStart(),
              c.keepAliveSeconds(),
              c.will().map(RoundTripTest::kept),
              c.username(),
              c.password().map(Bytes::copy),
              c.sessionExpirySeconds(),
              c.receiveMaximum(),
              c.maximumPacketSize(),
              c.topicAliasMaximum(),
              c.requestResponseInformation(),
              c.requestProblemInformation(),
              List.copyOf(c.userProperties()),
              c.authenticationMethod(),
              c.authenticationData().map(Bytes::copy));
      case Auth a ->
          new Auth(
              a.reasonCode(),
              a.authenticationMethod(),
              a.authenticationData().map(Bytes::copy),
              a.reasonString(),
              List.copyOf(a.userProperties()));
      case PubAck a ->
          new PubAck(
              a.packetId(), a.reasonCode(), a.reasonString(), List.copyOf(a.userProperties()));
      case PubRec a ->
          new PubRec(
              a.packetId(), a.reasonCode(), a.reasonString(), List.copyOf(a.userProperties()));
      case PubRel a ->
          new PubRel(
              a.packetId(), a.reasonCode(), a.reasonString(), List.copyOf(a.userProperties()));
      case PubComp a ->
          new PubComp(
              a.packetId(), a.reasonCode(), a.reasonString(), List.copyOf(a.userProperties()));
      case Subscribe s ->
          new Subscribe(
              s.packetId(),
              s.subscriptionIdentifier(),
              List.copyOf(s.userProperties()),
              s.filters());
      case SubAck a ->
          new SubAck(
              a.packetId(), a.reasonCodes(), a.reasonString(), List.copyOf(a.userProperties()));
      case Unsubscribe u ->
          new Unsubscribe(u.packetId(), List.copyOf(u.userProperties()), u.filters());
      case UnsubAck a ->
          new UnsubAck(
              a.packetId(), a.reasonCodes(), a.reasonString(), List.copyOf(a.userProperties()));
      case Disconnect d ->
          new Disconnect(
              d.reasonCode(),
              d.sessionExpirySeconds(),
              d.reasonString(),
              List.copyOf(d.userProperties()),
              d.serverReference());
      case ConnAck owned -> owned;
      case PingReq owned -> owned;
      case PingResp owned -> owned;
    };
  }

  private static Will kept(Will will) {
    return new Will(
        will.topic().copy(),
        will.payload().copy(),
        will.qos(),
        will.retain(),
        will.delaySeconds(),
        will.messageExpirySeconds(),
        will.passedOn().copy());
  }
}
