package io.holdfast.log;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The start of a batch, on a sector border, big-endian.
///
///     0       4       8     12        16         24       32      36      40       48        56
///     +-------+-------+-----+---------+----------+--------+-------+-------+--------+---------+-----+
///     | magic | flags | run | segment | position | cut at | bytes | count | millis | durable | crc |
///     +-------+-------+-----+---------+----------+--------+-------+-------+--------+---------+-----+
///
/// @param run the run of the broker that wrote it
/// @param segment the number of the segment that it lies in
/// @param position of the batch itself
/// @param cutAt where this run cut what earlier runs wrote: what they have at or beyond this
///   position is void
/// @param bytes of the records that follow
/// @param count of the records that follow
/// @param millis when it was written, milliseconds since 1970
/// @param durable all before this position was synced when the batch was written
record BatchHeader(
    int flags,
    int run,
    int segment,
    long position,
    long cutAt,
    int bytes,
    int count,
    long millis,
    long durable) {
  static final int BYTES = 64;

  /// The run has taken over: all that it copied from earlier runs is synced.
  static final int OPENED = 1;

  /// Nothing follows: the log was closed in order.
  static final int CLOSED = 2;

  /// It lies in the first segment of its run.
  static final int STARTS_RUN = 4;

  /// Whoever keeps positions has 56 bits for each.
  private static final long POSITION_MAX = 1L << 56;

  static final int MAGIC = 0x48464231;
  private static final int CRC_AT = 56;

  void writeTo(ByteBuffer buffer, int offset) {
    buffer.putInt(offset, MAGIC);
    buffer.putInt(offset + 4, flags);
    buffer.putInt(offset + 8, run);
    buffer.putInt(offset + 12, segment);
    buffer.putLong(offset + 16, position);
    buffer.putLong(offset + 24, cutAt);
    buffer.putInt(offset + 32, bytes);
    buffer.putInt(offset + 36, count);
    buffer.putLong(offset + 40, millis);
    buffer.putLong(offset + 48, durable);
    buffer.putInt(offset + CRC_AT, checksum(buffer, offset));
    buffer.putInt(offset + 60, 0);
  }

  /// The header at `offset`, if there is a true one: its checksum matches, and it says what a log
  /// writes. What a client published may lie where a header would.
  static Optional<BatchHeader> read(ByteBuffer buffer, int offset) {
    if (buffer.limit() - offset < BYTES
        || buffer.getInt(offset) != MAGIC
        || buffer.getInt(offset + CRC_AT) != checksum(buffer, offset)) {
      return Optional.empty();
    }
    BatchHeader header =
        new BatchHeader(
            buffer.getInt(offset + 4),
            buffer.getInt(offset + 8),
            buffer.getInt(offset + 12),
            buffer.getLong(offset + 16),
            buffer.getLong(offset + 24),
            buffer.getInt(offset + 32),
            buffer.getInt(offset + 36),
            buffer.getLong(offset + 40),
            buffer.getLong(offset + 48));
    return header.isPossible() ? Optional.of(header) : Optional.empty();
  }

  private boolean isPossible() {
    return (flags & ~(OPENED | CLOSED | STARTS_RUN)) == 0
        && (run > 0 && run < Integer.MAX_VALUE)
        && segment > 0
        && (position >= 0 && position < POSITION_MAX && position % Sector.BYTES == 0)
        && (cutAt >= 0 && cutAt <= position)
        && (bytes >= 0 && bytes <= Integer.MAX_VALUE - BYTES)
        && count >= 0
        && (durable >= 0 && durable <= position);
  }

  private static int checksum(ByteBuffer buffer, int offset) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(offset, CRC_AT));
    return (int) crc.getValue();
  }

  boolean isOpened() {
    return (flags & OPENED) != 0;
  }

  boolean isClosed() {
    return (flags & CLOSED) != 0;
  }

  boolean startsRun() {
    return (flags & STARTS_RUN) != 0;
  }

  /// Where the next batch lies.
  long end() {
    return Sector.up(position + BYTES + bytes);
  }
}
