package io.holdfast.log;

import java.nio.ByteBuffer;

/// Where a record that was read lies; reused from read to read.
public final class RecordView {
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private int offset;
  private int length;

  void show(ByteBuffer buffer, int offset, int length) {
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
  }

  /// The memory the record lies in, big-endian. Read it at absolute indexes from `offset()` on: its
  /// position and limit mean nothing, and nobody moves them.
  public ByteBuffer buffer() {
    return buffer;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }
}
