package io.holdfast.simulator;

import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;

/// One connection as the broker's process has it: what came and is no whole packet yet, and what
/// the network has not taken yet.
final class Link implements ServerEnd {
  /// Why it is not read from: the disk is behind.
  static final int CONGESTED = 1;

  /// It does not take its answers.
  static final int DOES_NOT_READ = 2;

  /// The broker stops.
  static final int STOPPING = 4;

  /// There is no space for what it sent.
  static final int WITHHELD = 8;

  private final Links links;
  private final int id;
  private final SimConnection connection;
  private final PacketDecoder decoder;
  private final Pipe partial = new Pipe();
  private final Pipe out = new Pipe();
  private ProtocolVersion version = ProtocolVersion.V5;
  private int paused;
  private boolean known;
  private boolean open = true;
  private boolean lost;
  private boolean publishes;
  private boolean writable = true;
  private boolean knownUnwritable;
  private long endsAtNanos;

  Link(Links links, int id, SimConnection connection, int packetBytesMax) {
    this.links = links;
    this.id = id;
    this.connection = connection;
    this.decoder = new PacketDecoder(packetBytesMax);
  }

  int id() {
    return id;
  }

  SimConnection connection() {
    return connection;
  }

  PacketDecoder decoder() {
    return decoder;
  }

  Pipe partial() {
    return partial;
  }

  boolean isKnown() {
    return known;
  }

  /// The core knows of it. Nothing is read before.
  void known() {
    known = true;
    readable();
  }

  /// Until the core closes it, or hears that it is lost.
  boolean isOpen() {
    return open;
  }

  void closed() {
    open = false;
  }

  void speaks(ProtocolVersion spoken) {
    version = spoken;
  }

  // What the network tells

  @Override
  public void readable() {
    links.readable(this);
  }

  @Override
  public void drained() {
    links.drained(this);
  }

  @Override
  public void gone(String why) {
    lost = true;
    links.lost(this, why);
  }

  boolean isLost() {
    return lost;
  }

  // Reading

  boolean isPaused() {
    return paused != 0;
  }

  /// True where it was not paused for that.
  boolean pause(int reason) {
    boolean isNew = (paused & reason) == 0;
    paused |= reason;
    return isNew;
  }

  void resume(int reason) {
    boolean was = paused != 0;
    paused &= ~reason;
    if (was && paused == 0) {
      readable();
    }
  }

  /// Whether the last read brought messages.
  boolean publishes() {
    return publishes;
  }

  void publishes(boolean whether) {
    publishes = whether;
  }

  // Writing

  void send(Packet packet, ByteBuffer room) {
    room.clear();
    PacketEncoder.encode(packet, version, room);
    room.flip();
    out.put(room, room.remaining());
  }

  int encodedLength(Packet packet) {
    return (int) PacketEncoder.length(packet, version);
  }

  Pipe out() {
    return out;
  }

  boolean isWritable() {
    return writable;
  }

  void writable(boolean whether) {
    writable = whether;
    knownUnwritable &= !whether;
  }

  /// The core was told in so many words that it takes no deliveries.
  void toldUnwritable() {
    knownUnwritable = true;
  }

  boolean isKnownUnwritable() {
    return knownUnwritable;
  }

  /// It is closed, and cut if it has not taken everything by then.
  void endsAt(long nanos) {
    endsAtNanos = nanos;
  }

  long endsAtNanos() {
    return endsAtNanos;
  }
}
