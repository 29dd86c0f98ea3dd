package io.holdfast.protocol.codec;

import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;

/// Writes packets as the bytes of a protocol version. Keeps nothing; any thread may use it.
public final class PacketEncoder {
  private PacketEncoder() {}

  /// The exact length that `encode` will write, in bytes; above 268,435,460 it cannot be encoded.
  public static long length(Packet packet, ProtocolVersion version) {
    return 0;
  }

  /// Writes the whole packet at `output`'s position and moves it. There must be room for `length`
  /// bytes.
  public static void encode(Packet packet, ProtocolVersion version, ByteBuffer output) {}
}
