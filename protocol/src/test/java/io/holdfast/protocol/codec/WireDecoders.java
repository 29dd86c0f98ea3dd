package io.holdfast.protocol.codec;

import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.wire.WireVector;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/// Decoders in the state in which they meet the vectors of a folder.
final class WireDecoders {
  private WireDecoders() {}

  static PacketDecoder of(String folder, ProtocolVersion version) {
    return switch (folder) {
      case "first" -> new PacketDecoder(WireVector.PACKET_BYTES_MAX);
      case "from-client" -> behindConnect(version);
      case "from-server" -> new PacketDecoder(WireVector.PACKET_BYTES_MAX, Role.SERVER, version);
      default -> throw new IllegalArgumentException("no vectors are in " + folder);
    };
  }

  private static PacketDecoder behindConnect(ProtocolVersion version) {
    String connect =
        switch (version) {
          case V3_1 -> "100f 0006 4d5149736470 03 02 003c 0001 61";
          case V3_1_1 -> "100d 0004 4d515454 04 02 003c 0001 61";
          case V5 -> "100e 0004 4d515454 05 02 003c 00 0001 61";
        };
    ByteBuffer input = ByteBuffer.wrap(HexFormat.of().parseHex(connect.replace(" ", "")));
    PacketDecoder decoder = new PacketDecoder(WireVector.PACKET_BYTES_MAX);
    if (!(decoder.decode(input) instanceof Decoded.Complete)) {
      throw new IllegalStateException("CONNECT is read");
    }
    return decoder;
  }
}
