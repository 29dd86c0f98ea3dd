package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A whole snapshot, and how it lies in its file, big-endian:
///
///     0       4     8             16       20
///     +-------+-----+-------------+--------+
///     | magic | run | replay from | crc32c |  then the parts, then one of length -1 that ends it
///     +-------+-----+-------------+--------+
///
///     +--------+--------+----------+------- - -
///     | length | crc32c | position | body ...
///     +--------+--------+----------+------- - -
///
/// `position` is the log's end when the part was written; at the end of the file, that of the newest
/// part. The part with -1 there is the log's own: where segments end. Checksums are over all that precedes and follows in the header or part, seeded with the
/// part's place in the file.
///
/// @param run the run that wrote it
/// @param replayFrom recovery applies records from here on
/// @param newest the log's end at the newest part
/// @param bytes the file's size
/// @param ends of the segments that were kept when it was begun
record SnapshotFile(
    int number, int run, long replayFrom, long newest, long bytes, SegmentEnds ends) {
  static final int HEADER_BYTES = 20;
  static final int PART_HEADER_BYTES = 16;
  private static final int MAGIC = 0x48465331;
  private static final int END = -1;

  /// The position of the part that is the log's own.
  static final long OWN = -1;

  static final String SUFFIX = ".snapshot";
  static final String UNFINISHED_SUFFIX = ".snapshot.tmp";

  static String name(int number) {
    return "%010d%s".formatted(number, SUFFIX);
  }

  static String unfinishedName(int number) {
    return "%010d%s".formatted(number, UNFINISHED_SUFFIX);
  }

  static void writeHeader(ByteBuffer target, int run, long replayFrom) {
    int at = target.position();
    target.putInt(MAGIC).putInt(run).putLong(replayFrom);
    CRC32C crc = new CRC32C();
    crc.update(target.slice(at, HEADER_BYTES - 4));
    target.putInt((int) crc.getValue());
  }

  static void writePart(ByteBuffer target, long fileOffset, long position, RecordBody body) {
    int at = target.position();
    int length = body.length();
    target.putInt(length).putInt(0).putLong(position);
    body.writeTo(target);
    target.putInt(at + 4, checksum(target, at, length, fileOffset));
  }

  static void writeEnd(ByteBuffer target, long fileOffset, long newest) {
    int at = target.position();
    target.putInt(END).putInt(0).putLong(newest);
    target.putInt(at + 4, checksum(target, at, 0, fileOffset));
  }

  private static int checksum(ByteBuffer buffer, int at, int length, long fileOffset) {
    CRC32C crc = new CRC32C();
    ByteBuffer seed = ByteBuffer.allocate(12).putLong(fileOffset).putInt(buffer.getInt(at));
    crc.update(seed.flip());
    crc.update(buffer.slice(at + 8, 8 + length));
    return (int) crc.getValue();
  }

  /// Told of each part.
  interface PartReader {
    void part(long position, ByteBuffer buffer, int offset, int length);
  }

  /// What came of reading one.
  ///
  /// @param whole absent where it is not whole, or says what no log writes
  /// @param until the offset up to which it is as it was written
  record Read(Optional<SnapshotFile> whole, long until) {}

  /// Reads the snapshot with `number`.
  static Read read(Disk disk, int number, PartReader parts) throws IOException {
    try (DiskFile file = disk.open(name(number))) {
      long size = file.size();
      FileWindow window = new FileWindow(file);
      window.load(0, HEADER_BYTES);
      if (size < HEADER_BYTES || !isHeader(window.buffer())) {
        return new Read(Optional.empty(), 0);
      }
      int run = window.buffer().getInt(4);
      long replayFrom = window.buffer().getLong(8);
      SegmentEnds ends = SegmentEnds.NONE;
      long offset = HEADER_BYTES;
      while (size - offset >= PART_HEADER_BYTES) {
        int at = window.load(offset, PART_HEADER_BYTES);
        int length = window.buffer().getInt(at);
        int bodyLength = length == END ? 0 : length;
        if (bodyLength < 0 || bodyLength > size - offset - PART_HEADER_BYTES) {
          break;
        }
        at = window.load(offset, PART_HEADER_BYTES + bodyLength);
        ByteBuffer buffer = window.buffer();
        if (buffer.getInt(at + 4) != checksum(buffer, at, bodyLength, offset)) {
          break;
        }
        long position = buffer.getLong(at + 8);
        if (length == END) {
          SnapshotFile whole = new SnapshotFile(number, run, replayFrom, position, size, ends);
          return new Read(Optional.of(whole).filter(SnapshotFile::isPossible), offset);
        }
        if (position == OWN) {
          ends = SegmentEnds.read(buffer, at + PART_HEADER_BYTES, bodyLength);
        } else {
          parts.part(position, buffer, at + PART_HEADER_BYTES, bodyLength);
        }
        offset += PART_HEADER_BYTES + bodyLength;
      }
      return new Read(Optional.empty(), offset);
    }
  }

  private boolean isPossible() {
    return run > 0 && run < Integer.MAX_VALUE && replayFrom >= 0 && replayFrom <= newest;
  }

  private static boolean isHeader(ByteBuffer buffer) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(0, HEADER_BYTES - 4));
    return buffer.getInt(0) == MAGIC && buffer.getInt(16) == (int) crc.getValue();
  }
}
