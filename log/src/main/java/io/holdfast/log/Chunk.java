package io.holdfast.log;

import java.nio.ByteBuffer;

/// A piece of the log in memory: what batches are written in, and what the newest records are read
/// from. Lies in one segment, without a gap.
final class Chunk {
  private final ByteBuffer buffer;
  private final Segment segment;
  private final long position;
  private int used;

  /// @param position of the buffer's first byte
  Chunk(ByteBuffer buffer, Segment segment, long position) {
    this.buffer = buffer;
    this.segment = segment;
    this.position = position;
  }

  ByteBuffer buffer() {
    return buffer;
  }

  Segment segment() {
    return segment;
  }

  long position() {
    return position;
  }

  int remaining() {
    return buffer.capacity() - used;
  }

  /// How much of it belongs to batches.
  int used() {
    return used;
  }

  void use(int until) {
    used = until;
  }

  long end() {
    return position + used;
  }
}
