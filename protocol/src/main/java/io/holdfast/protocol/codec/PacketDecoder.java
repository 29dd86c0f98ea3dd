package io.holdfast.protocol.codec;

import java.nio.ByteBuffer;

/// Reads the packets that one peer sends.
public final class PacketDecoder {
  /// @param maximumPacketSize in bytes, fixed header included; a longer packet is refused as soon
  ///   as its length is known, before its bytes came
  /// @param role who sends what is decoded: some packets and flags are only a client's, some only a
  ///   server's
  public PacketDecoder(int maximumPacketSize, Role role) {}

  /// The next packet of `input`, from its position to its limit. Moves the position behind the
  /// packet if it is complete, and leaves it where it was otherwise.
  public Decoded decode(ByteBuffer input) {
    return new Decoded.Incomplete(input.remaining());
  }

  /// Which end of the connection wrote the bytes.
  public enum Role {
    CLIENT,
    SERVER
  }
}
