package io.holdfast.log;

import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Reads a file from front to back through one buffer, which grows where something does not fit.
final class FileWindow {
  private static final int WINDOW_BYTES = 1 << 20;

  private final DiskFile file;
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private long start;

  FileWindow(DiskFile file) {
    this.file = file;
  }

  /// Has `wanted` bytes from `offset` on in the buffer, or what the file has of them, and gives the
  /// index of the first.
  int load(long offset, int wanted) throws IOException {
    if (offset < start || offset - start + wanted > buffer.limit()) {
      if (buffer.capacity() < wanted || buffer.capacity() == 0) {
        int window = (int) Math.min(file.size(), WINDOW_BYTES);
        buffer = ByteBuffer.allocate(Math.max(wanted, window));
      }
      file.read(offset, buffer.clear());
      buffer.flip();
      start = offset;
    }
    return (int) (offset - start);
  }

  /// Changes with `load`; its limit is the end of what was read.
  ByteBuffer buffer() {
    return buffer;
  }
}
