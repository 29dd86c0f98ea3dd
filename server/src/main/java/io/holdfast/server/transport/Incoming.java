package io.holdfast.server.transport;

import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Unsubscribe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What one connection sends: bytes as they come, to packets.
///
/// Packets are decoded where they were read to. Kept is one that has not come whole, in memory of
/// its own that grows with what came, never with what was announced; and one that is _withheld_,
/// for there is no space for it, with all that was read behind it.
final class Incoming {
  private static final int HEADER_BYTES_MAX = 5;

  private final Connection connection;
  private final Arrivals arrivals;
  private final IncomingMemory memory;
  private final ByteBufAllocator allocator;
  private final PacketDecoder decoder;
  private final int connectBytesMax;

  /// The start of a packet, and its length if that is known, else 0.
  private @Nullable ByteBuf partial;

  private int packetBytes;

  /// Whether what is kept begins with a whole packet that was not taken, and is to be told again.
  private boolean withheld;

  private boolean connectCame;
  private boolean appended;
  private boolean published;

  Incoming(
      Connection connection,
      Arrivals arrivals,
      IncomingMemory memory,
      ByteBufAllocator allocator,
      TransportLimits limits) {
    this.connection = connection;
    this.arrivals = arrivals;
    this.memory = memory;
    this.allocator = allocator;
    this.decoder = new PacketDecoder(limits.packetBytesMax());
    this.connectBytesMax = limits.connectBytesMax();
  }

  /// Whether the last read brought something that goes into the log.
  boolean hasAppended() {
    return appended;
  }

  /// Whether the last read brought messages, so that the next one will.
  boolean hasPublished() {
    return published;
  }

  boolean isWithheld() {
    return withheld;
  }

  /// Takes what was read. All of `input` is used up, unless the connection ends. Not to be called
  /// while something is withheld.
  void read(ByteBuffer input) {
    appended = false;
    published = false;
    if (partial != null) {
      goOn(partial, input);
    }
    takeIn(input);
  }

  private void takeIn(ByteBuffer input) {
    while (input.hasRemaining() && connection.isOpen()) {
      int start = input.position();
      Decoded decoded = decoder.decode(input);
      if (decoded instanceof Decoded.Incomplete incomplete) {
        keep(input, incomplete.packetBytes());
        return;
      }
      if (!tell(decoded)) {
        partial = copy(input.position(start));
        withheld = true;
      }
    }
  }

  /// Tells again what was withheld, and if that is taken, what came behind it. Gives whether it
  /// was.
  boolean offerAgain() {
    ByteBuf kept = partial;
    if (!withheld || kept == null) {
      return false;
    }
    appended = false;
    published = false;
    ByteBuffer bytes = kept.internalNioBuffer(0, kept.readableBytes());
    if (!tell(decoder.decode(bytes))) {
      return false;
    }
    letGoOf(kept);
    try {
      takeIn(bytes);
    } finally {
      kept.release();
    }
    return true;
  }

  /// False where it is to be told again.
  private boolean tell(Decoded decoded) {
    switch (decoded) {
      case Decoded.Complete complete -> {
        return tell(complete.packet());
      }
      case Decoded.Malformed malformed -> refuse(malformed);
      case Decoded.UnsupportedVersion version -> {
        connection.asked(version.level());
        arrivals.refused(connection.id(), version);
      }
      case Decoded.Incomplete incomplete ->
          throw new IllegalStateException("broken invariant: only what is decoded is told");
    }
    return true;
  }

  private void refuse(Decoded.Malformed malformed) {
    arrivals.refused(connection.id(), malformed, decoder.version());
  }

  private boolean tell(Packet packet) {
    switch (packet) {
      case Publish publish -> {
        appended = true;
        published = true;
      }
      case Subscribe subscribe -> appended = true;
      case Unsubscribe unsubscribe -> appended = true;
      case Connect connect -> {
        appended = true;
        connectCame = true;
        connection.speaks(connect.version());
      }
      default -> {}
    }
    return arrivals.packet(connection.id(), packet);
  }

  /// Adds to the packet that is kept what belongs to it, and tells it once it is whole.
  private void goOn(ByteBuf kept, ByteBuffer input) {
    while (input.hasRemaining()) {
      int wanted = packetBytes == 0 ? 1 : packetBytes - kept.readableBytes();
      move(input, Math.min(wanted, input.remaining()), kept);
      if (kept.readableBytes() < packetBytes) {
        break;
      }
      ByteBuffer bytes = kept.internalNioBuffer(0, kept.readableBytes());
      Decoded decoded = decoder.decode(bytes);
      if (!(decoded instanceof Decoded.Incomplete incomplete)) {
        if (tell(decoded)) {
          forget();
        } else {
          move(input, input.remaining(), kept);
          withheld = true;
        }
        return;
      }
      if (!announced(incomplete.packetBytes())) {
        return;
      }
    }
    watchMemory(kept);
  }

  private void keep(ByteBuffer input, int announcedBytes) {
    if (!announced(announcedBytes)) {
      return;
    }
    ByteBuf kept = copy(input);
    partial = kept;
    watchMemory(kept);
  }

  private ByteBuf copy(ByteBuffer input) {
    int came = input.remaining();
    ByteBuf kept = allocator.directBuffer(Math.max(came, HEADER_BYTES_MAX));
    memory.change(this, kept.capacity());
    move(input, came, kept);
    return kept;
  }

  /// Notes how long the packet will be. False where that is refused.
  private boolean announced(int bytes) {
    packetBytes = bytes;
    if (connectCame || bytes <= connectBytesMax) {
      return true;
    }
    refuse(
        new Decoded.Malformed(
            ReasonCode.PACKET_TOO_LARGE, "a CONNECT of " + bytes + " bytes is too large"));
    return false;
  }

  private void move(ByteBuffer input, int bytes, ByteBuf kept) {
    int needed = kept.readableBytes() + bytes;
    int capacity = kept.capacity();
    if (needed > capacity) {
      kept.capacity(Math.max(needed, Math.min(packetBytes, capacity * 2)));
      memory.change(this, kept.capacity() - capacity);
    }
    int end = input.limit();
    kept.writeBytes(input.limit(input.position() + bytes));
    input.limit(end);
  }

  private void watchMemory(ByteBuf kept) {
    if (kept.capacity() > memory.share() && !memory.isPreferred(this) && connection.isOpen()) {
      connection.pause(Connection.NO_MEMORY);
      memory.await(this);
    }
  }

  int held() {
    return partial == null ? 0 : partial.capacity();
  }

  /// How much of the packet has come.
  int came() {
    return partial == null ? 0 : partial.readableBytes();
  }

  int packetBytes() {
    return packetBytes;
  }

  /// Whether it is not read from until there is memory.
  boolean waits() {
    return connection.isPaused(Connection.NO_MEMORY);
  }

  void mayGoOn() {
    connection.resume(Connection.NO_MEMORY);
  }

  void refuseForMemory() {
    refuse(
        new Decoded.Malformed(
            ReasonCode.QUOTA_EXCEEDED,
            withheld
                ? "memory is short, and a message for which there is no space holds much of it"
                : "memory is short, and a packet of " + packetBytes + " bytes came too slowly"));
  }

  /// Gives the memory back.
  void forget() {
    ByteBuf kept = partial;
    if (kept != null) {
      letGoOf(kept);
      kept.release();
    }
  }

  /// What is in `kept` is not kept any more.
  private void letGoOf(ByteBuf kept) {
    memory.change(this, -kept.capacity());
    memory.over(this);
    partial = null;
    packetBytes = 0;
    withheld = false;
  }
}
