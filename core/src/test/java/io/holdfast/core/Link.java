package io.holdfast.core;

import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.packet.ProtocolVersion;

/// The driver's end of one connection.
final class Link {
  private final int id;
  private final String name;
  private final PacketDecoder decoder;
  private ProtocolVersion version = ProtocolVersion.V5;
  private boolean writable = true;
  private boolean closing;

  Link(int id, String name, int maximumPacketSize) {
    this.id = id;
    this.name = name;
    this.decoder = new PacketDecoder(maximumPacketSize);
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
