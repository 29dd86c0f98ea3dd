package io.holdfast.server.transport;

import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/// What one connection is sent: packets are encoded into one buffer, which goes out once a turn.
///
/// `waiting` is what the operating system has not taken yet, in bytes: this turn's, and what is
/// left of earlier ones, as far as known. It is known anew when all of it went out.
final class Outgoing {
  private static final int FIRST_BYTES = 256;
  private static final int LARGEST_GUESS_BYTES = 64 << 10;

  private final Connection connection;
  private final OutgoingMemory memory;
  private final ByteBufAllocator allocator;
  private @Nullable ByteBuf turn;
  private int guessBytes = FIRST_BYTES;
  private long waiting;
  private boolean writable = true;
  private boolean unwritableTold;
  private boolean draining;

  Outgoing(Connection connection, OutgoingMemory memory, ByteBufAllocator allocator) {
    this.connection = connection;
    this.memory = memory;
    this.allocator = allocator;
  }

  /// Encodes `packet`. True where it is the first of this turn.
  boolean send(Packet packet, ProtocolVersion version) {
    int length = (int) PacketEncoder.length(packet, version);
    ByteBuf buffer = turn;
    boolean first = buffer == null;
    if (buffer == null) {
      buffer = allocator.directBuffer(Math.max(length, guessBytes));
      turn = buffer;
    }
    buffer.ensureWritable(length);
    int end = buffer.writerIndex();
    PacketEncoder.encode(packet, version, buffer.internalNioBuffer(end, length));
    buffer.writerIndex(end + length);
    waiting += length;
    memory.change(length);
    return first;
  }

  boolean isWritable() {
    if (writable && waiting >= memory.share()) {
      writable = false;
    }
    return writable;
  }

  long waiting() {
    return waiting;
  }

  /// Whether it takes deliveries again, which it did not.
  boolean becameWritable() {
    if (!writable && (waiting == 0 ? memory.share() > 0 : waiting <= memory.share() / 2)) {
      writable = true;
      unwritableTold = false;
      return true;
    }
    return false;
  }

  /// Whether it takes no deliveries, and that was not said yet.
  boolean becameUnwritable() {
    boolean news = !writable && !unwritableTold;
    unwritableTold = !writable;
    return news;
  }

  /// Hands this turn's bytes to the operating system, as far as it takes them.
  void flush(Channel channel) {
    ByteBuf buffer = turn;
    if (buffer == null) {
      return;
    }
    turn = null;
    guessBytes = Math.clamp(buffer.writerIndex(), FIRST_BYTES, LARGEST_GUESS_BYTES);
    var unused = channel.writeAndFlush(buffer, channel.voidPromise());
    settle(channel);
  }

  /// Takes note of what the operating system did not take, and of when it will have.
  private void settle(Channel channel) {
    long left = leftIn(channel);
    count(left);
    if (left > 0 && !draining) {
      draining = true;
      var unused =
          channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> drained(channel));
    }
  }

  private void drained(Channel channel) {
    draining = false;
    if (channel.isActive()) {
      settle(channel);
      connection.drained();
    }
  }

  private void count(long left) {
    long now = left + (turn == null ? 0 : turn.writerIndex());
    memory.change(now - waiting);
    waiting = now;
  }

  /// What Netty holds of earlier turns, in bytes.
  static long leftIn(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null || buffer.isEmpty() ? 0 : buffer.totalPendingWriteBytes();
  }

  /// Whether earlier turns are not out yet.
  boolean isDraining() {
    return draining;
  }

  /// Drops this turn's bytes.
  void drop() {
    if (turn != null) {
      turn.release();
      turn = null;
    }
  }

  /// The connection is gone.
  void forget() {
    drop();
    count(0);
  }
}
