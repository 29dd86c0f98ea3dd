package io.holdfast.log;

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

  static int length(ByteBuffer buffer, int offset) {
    return buffer.getInt(offset);
  }

  static int key(ByteBuffer buffer, int offset) {
    return buffer.getInt(offset + 4);
  }

  private int checksum(ByteBuffer buffer, int offset, int run, int segment) {
    int length = buffer.getInt(offset);
    seed.clear();
    seed.putInt(run).putInt(segment).putInt(length).putInt(buffer.getInt(offset + 4)).flip();
    crc.reset();
    crc.update(seed);
    crc.update(buffer.slice(offset + HEADER_BYTES, length));
    return (int) crc.getValue();
  }
}
