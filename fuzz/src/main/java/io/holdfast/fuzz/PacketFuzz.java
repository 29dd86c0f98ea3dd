package io.holdfast.fuzz;

import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Whatever bytes come, the decoder answers with a value; it answers the same wherever a read cuts
/// them; and what it accepts is written and read again as the same packet.
///
///     0       1     2
///     +-------+-----+------------- - -
///     | flags | cut | what was sent ...
///     +-------+-----+------------- - -
///
/// flags: 0-1 the connection's version, 0 where CONNECT is to come; 2 a server sent it; 3 only small
/// packets are allowed
public final class PacketFuzz {
  private static final List<ProtocolVersion> VERSIONS = List.of(ProtocolVersion.values());
  private static final int LARGE = 1_000_000;
  private static final int SMALL = 100;
  private static final int WHY_CHARACTERS_MAX = 200;
  private static final int ALLOCATED_MIN = 64 << 10;
  private static final int ALLOCATED_PER_BYTE = 1 << 10;

  private final PacketDecoder decoder;
  private final PacketDecoder twin;
  private final int packetBytesMax;

  private PacketFuzz(int flags) {
    this.packetBytesMax = (flags & 8) != 0 ? SMALL : LARGE;
    this.decoder = decoder(flags);
    this.twin = decoder(flags);
  }

  /// The fuzzer's way in.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Allocation.check(
        ALLOCATED_MIN + (long) ALLOCATED_PER_BYTE * input.length,
        () -> {
          Input in = new Input(input);
          PacketFuzz fuzz = new PacketFuzz(in.next());
          fuzz.read(in.next(), ByteBuffer.wrap(in.rest()));
        });
  }

  private PacketDecoder decoder(int flags) {
    Role role = (flags & 4) != 0 ? Role.SERVER : Role.CLIENT;
    int version = flags & 3;
    return version == 0
        ? new PacketDecoder(packetBytesMax)
        : new PacketDecoder(packetBytesMax, role, VERSIONS.get(version - 1));
  }

  private void read(int cut, ByteBuffer input) {
    while (true) {
      int before = input.position();
      ByteBuffer piece = input.duplicate().limit(Math.min(input.limit(), before + cut));
      Decoded early = twin.decode(piece);
      Decoded decoded = decoder.decode(input);
      if (early instanceof Decoded.Incomplete) {
        early = twin.decode(input.duplicate().position(before));
      }
      check(early.equals(decoded), "a read that ends within a packet changes nothing");
      if (!(decoded instanceof Decoded.Complete complete)) {
        check(input.position() == before, "what is no packet stays where it was");
        checkRefusal(decoded, input.remaining());
        return;
      }
      check(input.position() > before, "a packet has bytes");
      checkSameAgain(complete.packet(), decoder.version().orElseThrow());
    }
  }

  private void checkRefusal(Decoded decoded, int bytes) {
    switch (decoded) {
      case Decoded.Complete complete -> throw new AssertionError("no refusal: " + complete);
      case Decoded.Incomplete(int packetBytes) ->
          check(
              packetBytes == 0 || (packetBytes > bytes && packetBytes <= packetBytesMax),
              "an unfinished packet lacks something");
      case Decoded.Malformed(var reasonCode, String why) ->
          check(
              reasonCode.isFailure() && !why.isEmpty() && why.length() <= WHY_CHARACTERS_MAX,
              "a refusal has a reason, and a word on it");
      case Decoded.UnsupportedVersion unsupported -> {}
    }
  }

  private static void checkSameAgain(Packet packet, ProtocolVersion version) {
    long length = PacketEncoder.length(packet, version);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
    PacketEncoder.encode(packet, version, bytes);
    check(!bytes.hasRemaining(), "a packet is as long as it says");
    for (Role role : Role.values()) {
      PacketDecoder again =
          packet instanceof Connect
              ? new PacketDecoder(LARGE)
              : new PacketDecoder(LARGE, role, version);
      if (again.decode(bytes.rewind()).equals(new Decoded.Complete(packet))) {
        return;
      }
    }
    throw new AssertionError("not the same when written and read again: " + packet);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
