package io.holdfast.fuzz;

import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;

/// The far end of one connection: what it sent that is no whole packet yet, and what it would
/// answer if the story lets it.
final class Peer {
  private static final int ANSWERS_MAX = 1_000;

  private final int id;
  private final PacketDecoder decoder;
  private final ArrayDeque<Packet> answers = new ArrayDeque<>();
  private ProtocolVersion version = ProtocolVersion.V5;
  private byte[] kept = new byte[0];
  private boolean isClosing;
  private boolean isWritable = true;

  Peer(int id, int packetBytesMax) {
    this.id = id;
    this.decoder = new PacketDecoder(packetBytesMax);
  }

  int id() {
    return id;
  }

  PacketDecoder decoder() {
    return decoder;
  }

  ProtocolVersion version() {
    return version;
  }

  void speaks(ProtocolVersion spoken) {
    version = spoken;
  }

  boolean isClosing() {
    return isClosing;
  }

  void closing() {
    isClosing = true;
  }

  boolean isWritable() {
    return isWritable;
  }

  void writable(boolean takesMore) {
    isWritable = takesMore;
  }

  /// What was kept and `more`, to be decoded.
  byte[] with(byte[] more) {
    byte[] all = Arrays.copyOf(kept, kept.length + more.length);
    System.arraycopy(more, 0, all, kept.length, more.length);
    return all;
  }

  /// Keeps the packet that `input` begins.
  void keep(ByteBuffer input) {
    kept = new byte[input.remaining()];
    input.get(kept);
  }

  /// The broker said it.
  void hears(Packet packet) {
    Optional<Packet> answer =
        switch (packet) {
          case Publish publish when publish.qos() == QoS.AT_LEAST_ONCE ->
              Optional.of(new PubAck(publish.packetId()));
          case Publish publish when publish.qos() == QoS.EXACTLY_ONCE ->
              Optional.of(new PubRec(publish.packetId()));
          case PubRec received -> Optional.of(new PubRel(received.packetId()));
          case PubRel release -> Optional.of(new PubComp(release.packetId()));
          default -> Optional.empty();
        };
    if (answers.size() < ANSWERS_MAX) {
      answer.ifPresent(answers::addLast);
    }
  }

  /// What it owes to the broker, the oldest first.
  Optional<Packet> answer() {
    return Optional.ofNullable(answers.pollFirst());
  }
}
