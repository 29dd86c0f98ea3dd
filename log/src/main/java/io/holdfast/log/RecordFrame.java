package io.holdfast.log;

import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// How one record lies in a batch, big-endian.
///
///     0        4     8        12
///     +--------+-----+--------+------- - -
///     | length | key | crc32c | body ...
///     +--------+-----+--------+------- - -
///
/// `length` is the body's. The checksum is over run, segment, length, key and body, so that a record
/// of a file's earlier life never passes for one of this.
final class RecordFrame {
  static final int HEADER_BYTES = 12;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer seed = ByteBuffer.allocate(16);

  /// Writes the checksum of the record at `offset`, whose length and key are there already.
  void seal(ByteBuffer buffer, int offset, int run, int segment) {
    buffer.putInt(offset + 8, checksum(buffer, offset, run, segment));
  }

  /// Whether a whole and true record lies at `offset`, before `limit`.
  boolean isValid(ByteBuffer buffer, int offset, int limit, int run, int segment) {
    if (limit - offset < HEADER_BYTES) {
      return false;
    }
    int length = length(buffer, offset);
    return length >= 0
        && length <= limit - offset - HEADER_BYTES
        && buffer.getInt(offset + 8) == checksum(buffer, offset, run, segment);
  }

  /// The same for one in a file, of which `window` holds a part at a time.
  boolean isValid(DiskFile file, long offset, ByteBuffer window, int run, int segment)
      throws IOException {
    file.read(offset, window.clear().limit(HEADER_BYTES));
    if (window.flip().limit() < HEADER_BYTES) {
      return false;
    }
    int expected = window.getInt(8);
    long left = length(window, 0);
    begin(window, 0, run, segment);
    for (long at = offset + HEADER_BYTES; left > 0; at += window.limit()) {
      file.read(at, window.clear().limit((int) Math.min(left, window.capacity())));
      if (!window.flip().hasRemaining()) {
        return false;
      }
      left -= window.limit();
      crc.update(window.duplicate());
    }
    return left == 0 && expected == (int) crc.getValue();
  }

  static int length(ByteBuffer buffer, int offset) {
    return buffer.getInt(offset);
  }

  static int key(ByteBuffer buffer, int offset) {
    return buffer.getInt(offset + 4);
  }

  /// The body's second and third byte, 0 where it has not both: indexes keep them.
  static short tag(ByteBuffer buffer, int offset) {
    return length(buffer, offset) < 3 ? 0 : buffer.getShort(offset + HEADER_BYTES + 1);
  }

  private int checksum(ByteBuffer buffer, int offset, int run, int segment) {
    begin(buffer, offset, run, segment);
    crc.update(buffer.slice(offset + HEADER_BYTES, length(buffer, offset)));
    return (int) crc.getValue();
  }

  private void begin(ByteBuffer buffer, int offset, int run, int segment) {
    seed.clear();
    seed.putInt(run).putInt(segment).putInt(length(buffer, offset)).putInt(key(buffer, offset));
    crc.reset();
    crc.update(seed.flip());
  }
}
