package io.holdfast.core;

import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.io.ByteArrayOutputStream;

/// The driver's end of one connection.
final class Link {
  private final int id;
  private final String name;
  private final PacketDecoder decoder;
  private ProtocolVersion version = ProtocolVersion.V5;
  private long maximumPacketSize = Long.MAX_VALUE;
  private boolean writable = true;
  private boolean closing;
  private final ByteArrayOutputStream withheld = new ByteArrayOutputStream();

  Link(int id, String name, int maximumPacketSize) {
    this.id = id;
    this.name = name;
    this.decoder = new PacketDecoder(maximumPacketSize);
  }

  /// What came and was not taken, which is to be offered again.
  ByteArrayOutputStream withheld() {
    return withheld;
  }

  int id() {
    return id;
  }

  String name() {
    return name;
  }

  PacketDecoder decoder() {
    return decoder;
  }

  /// What is sent on it is written and read in this version.
  ProtocolVersion version() {
    return version;
  }

  void version(ProtocolVersion spoken) {
    version = spoken;
  }

  /// The largest packet that its client takes.
  long maximumPacketSize() {
    return maximumPacketSize;
  }

  /// As CONNECT says it, -1 for any.
  void maximumPacketSize(long said) {
    maximumPacketSize = said < 0 ? Long.MAX_VALUE : said;
  }

  boolean isWritable() {
    return writable;
  }

  void writable(boolean takesMore) {
    writable = takesMore;
  }

  /// Whether the broker asked to close it.
  boolean isClosing() {
    return closing;
  }

  void closing() {
    closing = true;
  }
}
