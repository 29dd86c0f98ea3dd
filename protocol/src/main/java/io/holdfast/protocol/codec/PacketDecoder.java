package io.holdfast.protocol.codec;

import static io.holdfast.protocol.codec.MalformedException.malformed;

import io.holdfast.protocol.codec.ConnectReader.UnsupportedVersionException;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;

/// Reads the packets that one peer sends: incremental, strict, keeping no bytes.
///
/// What a client sends starts with CONNECT, which says the version of everything after it.
public final class PacketDecoder {
  private final int maximumPacketSize;
  private final Role role;
  private ProtocolVersion version;
  private boolean versionKnown;

  /// For what a client sends.
  ///
  /// @param maximumPacketSize in bytes, fixed header included; a longer packet is refused as soon
  ///   as its length is known, before its bytes came
  public PacketDecoder(int maximumPacketSize) {
    this.maximumPacketSize = maximumPacketSize;
    this.role = Role.CLIENT;
    this.version = ProtocolVersion.V5;
  }

  /// For what a peer of that role sends on a connection of that version.
  public PacketDecoder(int maximumPacketSize, Role role, ProtocolVersion version) {
    this.maximumPacketSize = maximumPacketSize;
    this.role = role;
    this.version = version;
    this.versionKnown = true;
  }

  /// Which end of the connection wrote the bytes: some packets and flags are only a client's, some
  /// only a server's.
  public enum Role {
    CLIENT,
    SERVER
  }

  /// The next packet of `input`, from its position to its limit. Moves the position behind the
  /// packet if it is complete, and leaves it where it was otherwise.
  public Decoded decode(ByteBuffer input) {
    int start = input.position();
    int available = input.limit() - start;
    if (available == 0) {
      return new Decoded.Incomplete(0);
    }
    int first = input.get(start) & 0xFF;
    if (!versionKnown && first != 0x10) {
      return first >>> 4 == PacketBody.CONNECT
          ? new Decoded.Malformed(ReasonCode.MALFORMED_PACKET, "CONNECT: reserved flags are set")
          : new Decoded.Malformed(ReasonCode.PROTOCOL_ERROR, "the first packet is not CONNECT");
    }
    int length = 0;
    int lengthBytes = 0;
    while (true) {
      if (1 + lengthBytes >= available) {
        return new Decoded.Incomplete(0);
      }
      int next = input.get(start + 1 + lengthBytes) & 0xFF;
      length |= (next & 0x7F) << (7 * lengthBytes);
      lengthBytes++;
      if (next < 0x80) {
        if (next == 0 && lengthBytes > 1) {
          return new Decoded.Malformed(
              ReasonCode.MALFORMED_PACKET, "remaining length: not in its shortest form");
        }
        break;
      }
      if (lengthBytes == 4) {
        return new Decoded.Malformed(
            ReasonCode.MALFORMED_PACKET, "remaining length: longer than four bytes");
      }
    }
    int packetBytes = 1 + lengthBytes + length;
    if (packetBytes > maximumPacketSize) {
      return new Decoded.Malformed(
          ReasonCode.PACKET_TOO_LARGE,
          "a packet of %d bytes, where %d are allowed".formatted(packetBytes, maximumPacketSize));
    }
    if (packetBytes > available) {
      return new Decoded.Incomplete(packetBytes);
    }
    PacketReader body = new PacketReader(input, start + 1 + lengthBytes, start + packetBytes);
    try {
      Packet packet = read(first, body);
      if (!body.isAtEnd()) {
        throw malformed("%d bytes behind the packet's end".formatted(body.remaining()));
      }
      input.position(start + packetBytes);
      return new Decoded.Complete(packet);
    } catch (MalformedException broken) {
      return new Decoded.Malformed(broken.reasonCode(), broken.why());
    } catch (UnsupportedVersionException unsupported) {
      return unsupported.decoded();
    }
  }

  private Packet read(int first, PacketReader body)
      throws MalformedException, UnsupportedVersionException {
    if (first >>> 4 == PacketBody.CONNECT && role == Role.CLIENT) {
      if ((first & 0x0F) != 0) {
        throw malformed("CONNECT: reserved flags are set");
      }
      var connect = ConnectReader.read(body);
      if (!versionKnown) {
        version = connect.version();
        versionKnown = true;
      }
      return connect;
    }
    return PacketBody.read(first, body, version, role);
  }
}
