package io.holdfast.server.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/// The one piece of memory that every connection is read into, one after the other: what was read
/// is dealt with before the next read.
///
/// Says how much is read at once. That shrinks with the number of connections that have something
/// to be read, so that a turn stays short, and with the memory left for packets that did not come
/// whole.
final class ReadBuffer {
  private static final int BYTES = 64 << 10;
  private static final int SMALLEST_SHIFT = 10;

  /// About what one turn takes in, over all connections.
  private static final int TURN_BYTES = 4 << 20;

  private final ByteBuf memory;
  private final ByteBuf[] views;
  private final ByteBuffer bytes;
  private int turn;
  private int readersThisTurn;
  private int share = BYTES;

  ReadBuffer() {
    bytes = ByteBuffer.allocateDirect(BYTES);
    // Read through the JDK's own buffer: those that Netty makes are checked at each access.
    memory = Unpooled.wrappedBuffer(bytes.duplicate());
    views = new ByteBuf[Integer.numberOfTrailingZeros(BYTES) - SMALLEST_SHIFT + 1];
    for (int i = 0; i < views.length; i++) {
      views[i] = memory.slice(0, 1 << (SMALLEST_SHIFT + i));
    }
  }

  /// Memory to read into, at most `bytesMax`, or 1 KiB if that is less. Its release is that of a
  /// share of the whole, which stays.
  ByteBuf take(int readTurn, int bytesMax) {
    if (turn != readTurn) {
      turn = readTurn;
      share = Math.clamp(TURN_BYTES / Math.max(1, readersThisTurn), 1 << SMALLEST_SHIFT, BYTES);
      readersThisTurn = 0;
    }
    readersThisTurn++;
    int most = Math.clamp(bytesMax, 1 << SMALLEST_SHIFT, share);
    memory.retain();
    return views[31 - Integer.numberOfLeadingZeros(most) - SMALLEST_SHIFT].clear();
  }

  /// The first `length` bytes of it.
  ByteBuffer filled(int length) {
    return bytes.clear().limit(length);
  }

  void release() {
    memory.release();
  }
}
