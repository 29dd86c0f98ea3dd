package io.holdfast.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever bytes come, the decoder answers with a value, soon, and what it accepts is what the
/// encoder would write.
///
/// Runs for `-Dfuzz.millis` (2 s) from `-Dfuzz.seed` on; a failure names its seed.
class FuzzTest {
  private static final long MILLIS = Long.getLong("fuzz.millis", 2_000);
  private static final long FIRST_SEED = Long.getLong("fuzz.seed", 1);
  private static final List<ProtocolVersion> VERSIONS = List.of(ProtocolVersion.values());
  private static final int PACKET_BYTES_MAX = 1_000_000;

  @Test
  void spoiltPacketsAreAnsweredWithAValue() {
    long seed = FIRST_SEED;
    int accepted = 0;
    for (long end = System.nanoTime() + MILLIS * 1_000_000; System.nanoTime() < end; seed++) {
      Random random = new Random(seed);
      ProtocolVersion version = VERSIONS.get(random.nextInt(VERSIONS.size()));
      Role role = random.nextBoolean() ? Role.CLIENT : Role.SERVER;
      Packet packet = new PacketGenerator(random.nextLong()).next(version, role);
      byte[] bytes = new Mutations(random.nextLong()).spoil(encoded(packet, version));
      try {
        accepted += decodeAll(bytes, new PacketDecoder(PACKET_BYTES_MAX, role, version));
        accepted += decodeAll(bytes, new PacketDecoder(PACKET_BYTES_MAX));
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError(
            "seed %d, %s, %s: %s".formatted(seed, version, role, HexFormat.of().formatHex(bytes)),
            failure);
      }
    }
    System.out.printf("fuzz seeds %d until %d, %d accepted%n", FIRST_SEED, seed, accepted);
    assertTrue(accepted > 0, "some spoilt packets are still packets");
  }

  /// Decodes until the decoder has enough; the number of packets.
  private static int decodeAll(byte[] bytes, PacketDecoder decoder) {
    ByteBuffer input = ByteBuffer.wrap(bytes);
    int packets = 0;
    while (true) {
      int before = input.position();
      switch (decoder.decode(input)) {
        case Decoded.Complete(Packet packet) -> {
          assertTrue(input.position() > before, "a packet has bytes");
          sameAgain(packet, decoder.version().orElseThrow());
          packets++;
        }
        case Decoded.Incomplete(int packetBytes) -> {
          assertEquals(before, input.position());
          assertTrue(packetBytes == 0 || packetBytes > input.remaining());
          return packets;
        }
        case Decoded.Malformed(var reasonCode, String why) -> {
          assertEquals(before, input.position());
          assertTrue(reasonCode.isFailure());
          assertFalse(why.isEmpty());
          assertTrue(why.length() <= 200, why);
          return packets;
        }
        case Decoded.UnsupportedVersion unsupported -> {
          assertEquals(before, input.position());
          return packets;
        }
      }
    }
  }

  /// What was accepted can be written, and is read as the same packet.
  private static void sameAgain(Packet packet, ProtocolVersion version) {
    for (Role role : Role.values()) {
      PacketDecoder decoder =
          packet instanceof Connect
              ? new PacketDecoder(PACKET_BYTES_MAX)
              : new PacketDecoder(PACKET_BYTES_MAX, role, version);
      Decoded decoded = decoder.decode(ByteBuffer.wrap(encoded(packet, version)));
      if (decoded.equals(new Decoded.Complete(packet))) {
        return;
      }
    }
    throw new AssertionError("not the same when written and read again: " + packet);
  }

  private static byte[] encoded(Packet packet, ProtocolVersion version) {
    ByteBuffer output = ByteBuffer.allocate((int) PacketEncoder.length(packet, version));
    PacketEncoder.encode(packet, version, output);
    assertEquals(0, output.remaining(), "the length was known beforehand");
    return output.array();
  }

  @Test
  void noiseIsAnsweredWithAValue() {
    Random random = new Random(FIRST_SEED);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      for (ProtocolVersion version : ProtocolVersion.values()) {
        decodeAll(bytes, new PacketDecoder(PACKET_BYTES_MAX, Role.CLIENT, version));
        decodeAll(bytes, new PacketDecoder(PACKET_BYTES_MAX, Role.SERVER, version));
      }
      decodeAll(bytes, new PacketDecoder(PACKET_BYTES_MAX));
    }
  }

  /// What a packet may repeat: a packet's fixed start, and what comes again and again.
  private record Repeated(String head, boolean inProperties, String piece, Role role) {}

  /// Each is 4 MB long; time that grew with the square would be minutes.
  @Test
  void longPacketsAreReadInLinearTime() {
    List<Repeated> all =
        List.of(
            new Repeated("30 0001 61", true, "0b01", Role.SERVER),
            new Repeated("30 0001 61", true, "26 0000 0000", Role.CLIENT),
            new Repeated("e0 00", true, "26 0000 0000", Role.CLIENT),
            new Repeated("82 0001", false, "0001 61 00", Role.CLIENT),
            new Repeated("a2 0001", false, "0001 61", Role.CLIENT));
    for (Repeated one : all) {
      assertTimeoutPreemptively(Duration.ofSeconds(10), () -> readLong(one), one::toString);
    }
  }

  private static void readLong(Repeated repeated) {
    byte[] head = hex(repeated.head);
    byte[] piece = hex(repeated.piece);
    int count = 4_000_000 / piece.length;
    int propertyBytes = repeated.inProperties ? count * piece.length : 0;
    long body =
        head.length - 1L + PacketEncoder.varintLength(propertyBytes) + (long) count * piece.length;
    ByteBuffer packet = ByteBuffer.allocate((int) body + 5).put(head[0]);
    PacketEncoder.putVarint(body, packet);
    packet.put(head, 1, head.length - 1);
    PacketEncoder.putVarint(propertyBytes, packet);
    for (int i = 0; i < count; i++) {
      packet.put(piece);
    }
    PacketDecoder decoder = new PacketDecoder(5_000_000, repeated.role, ProtocolVersion.V5);
    assertInstanceOf(Decoded.Complete.class, decoder.decode(packet.flip()));
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}
