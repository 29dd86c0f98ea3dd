package io.holdfast.protocol.codec;

import static io.holdfast.protocol.codec.MalformedException.malformed;
import static io.holdfast.protocol.codec.MalformedException.protocolError;

import io.holdfast.protocol.codec.ConnectReader.UnsupportedVersionException;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Reads the packets that one peer sends: incremental, strict, keeping no bytes.
///
/// What a client sends starts with CONNECT, which says the version of everything after it. A
/// remaining length longer than it needs to be is refused at 5.0 [MQTT-1.5.5-1]; earlier versions
/// have no such rule, and small devices that write it with a fixed width are let in.
public final class PacketDecoder {
  private static final String PADDED = "remaining length: not in its shortest form";

  private final PacketReader reader = new PacketReader();
  private final int maximumPacketSize;
  private final Role role;
  private ProtocolVersion version;
  private boolean versionKnown;
  private boolean connected;

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

  /// The version of the connection, as soon as it is known: a CONNECT that says it and is malformed
  /// behind that is answered as its version has it.
  public Optional<ProtocolVersion> version() {
    return versionKnown ? Optional.of(version) : Optional.empty();
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
    boolean padded;
    while (true) {
      if (1 + lengthBytes >= available) {
        return new Decoded.Incomplete(0);
      }
      int next = input.get(start + 1 + lengthBytes) & 0xFF;
      length |= (next & 0x7F) << (7 * lengthBytes);
      lengthBytes++;
      if (next < 0x80) {
        padded = next == 0 && lengthBytes > 1;
        break;
      }
      if (lengthBytes == 4) {
        return new Decoded.Malformed(
            ReasonCode.MALFORMED_PACKET, "remaining length: longer than four bytes");
      }
    }
    if (padded && versionKnown && version.isV5()) {
      return new Decoded.Malformed(ReasonCode.MALFORMED_PACKET, PADDED);
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
    try {
      reader.open(input, start + 1 + lengthBytes, start + packetBytes);
      Packet packet = read(first, padded);
      if (!reader.isAtEnd()) {
        throw malformed("%d bytes behind the packet's end".formatted(reader.remaining()));
      }
      input.position(start + packetBytes);
      return new Decoded.Complete(packet);
    } catch (MalformedException broken) {
      return new Decoded.Malformed(broken.reasonCode(), broken.why());
    } catch (UnsupportedVersionException unsupported) {
      return unsupported.decoded();
    } finally {
      reader.close();
    }
  }

  private Packet read(int first, boolean padded)
      throws MalformedException, UnsupportedVersionException {
    if (first >>> 4 != PacketBody.CONNECT || role == Role.SERVER) {
      return PacketBody.read(first, reader, version, role);
    }
    if (connected) {
      throw protocolError("a second CONNECT");
    }
    if ((first & 0x0F) != 0) {
      throw malformed("CONNECT: reserved flags are set");
    }
    ConnectReader connect = new ConnectReader(reader);
    if (versionKnown && connect.version() != version) {
      throw protocolError("CONNECT: another version than the connection's");
    }
    version = connect.version();
    versionKnown = true;
    if (padded && version.isV5()) {
      throw malformed(PADDED);
    }
    Packet packet = connect.read();
    connected = true;
    return packet;
  }
}
