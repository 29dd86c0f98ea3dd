package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A sealed segment's index: where the records of each key lie. Big-endian.
///
///     0       4         8     12        16      24    32     36        40       44
///     +-------+---------+-----+---------+-------+-----+------+---------+--------+---- - -
///     | magic | version | run | segment | first | end | keys | records | crc32c | keys, then records
///     +-------+---------+-----+---------+-------+-----+------+---------+--------+---- - -
///
/// `first` and `end` are the positions that the segment's records lie between. An `end` beyond the
/// segment's is that of a run of which the end was cut off since. Each key: the key (4),
/// its first record's number here (4), how many it has (4); ascending. Each record: its offset in the
/// segment (4), its second and third byte (2); by key, and in the order of their positions where that is the
/// same. The checksum is over all but itself.
///
/// Nothing depends on it but time: a file that is missing, torn or hurt is made anew from its
/// segment. So it is not synced. All calls block.
final class IndexFile {
  static final String SUFFIX = ".index";

  private static final int MAGIC = 0x48_46_49_58;
  private static final int VERSION = 1;
  private static final int CHECKSUM_AT = 40;
  private static final int HEADER_BYTES = 44;
  private static final int KEY_BYTES = 12;
  private static final int RECORD_BYTES = 6;
  private static final int BUFFER_BYTES = 64 << 10;

  private final DiskFile file;
  private final int keys;

  private IndexFile(DiskFile file, int keys) {
    this.file = file;
    this.keys = keys;
  }

  static String name(int segment) {
    return "%010d".formatted(segment) + SUFFIX;
  }

  // Writing

  /// Writes the index of `segment`, of which `records` are all.
  static IndexFile write(Disk disk, Segment segment, KeyedRecords.Part records) throws IOException {
    int[] places = records.byKey();
    int keys = 0;
    for (int i = 0; i < places.length; i++) {
      keys += i == 0 || records.keys()[places[i]] != records.keys()[places[i - 1]] ? 1 : 0;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(
            Math.addExact(
                Math.addExact(HEADER_BYTES, Math.multiplyExact(keys, KEY_BYTES)),
                Math.multiplyExact(places.length, RECORD_BYTES)));
    bytes.putInt(MAGIC).putInt(VERSION).putInt(segment.run()).putInt(segment.number());
    bytes
        .putLong(segment.first())
        .putLong(segment.end())
        .putInt(keys)
        .putInt(places.length)
        .putInt(0);
    for (int i = 0; i < places.length; ) {
      int key = records.keys()[places[i]];
      int next = i + 1;
      while (next < places.length && records.keys()[places[next]] == key) {
        next++;
      }
      bytes.putInt(key).putInt(i).putInt(next - i);
      i = next;
    }
    for (int place : places) {
      bytes.putInt(records.offsets()[place]).putShort(records.tags()[place]);
    }
    bytes.flip();
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, CHECKSUM_AT));
    crc.update(bytes.slice(HEADER_BYTES, bytes.limit() - HEADER_BYTES));
    bytes.putInt(CHECKSUM_AT, (int) crc.getValue());
    DiskFile file = disk.create(name(segment.number()));
    file.write(0, bytes);
    return new IndexFile(file, keys);
  }

  // Reading

  /// The index of `segment`, if its file is whole and true, and of that segment.
  static Optional<IndexFile> open(Disk disk, Segment segment) throws IOException {
    DiskFile file = disk.open(name(segment.number()));
    ByteBuffer header = read(file, 0, HEADER_BYTES);
    if (header.remaining() == HEADER_BYTES
        && header.getInt(0) == MAGIC
        && header.getInt(4) == VERSION
        && header.getInt(8) == segment.run()
        && header.getInt(12) == segment.number()
        && header.getLong(16) == segment.first()
        && header.getLong(24) <= segment.end()) {
      int keys = header.getInt(32);
      int records = header.getInt(36);
      long size = HEADER_BYTES + (long) keys * KEY_BYTES + (long) records * RECORD_BYTES;
      if (keys >= 0 && records >= 0 && size == file.size() && isTrue(file, header)) {
        return Optional.of(new IndexFile(file, keys));
      }
    }
    file.close();
    return Optional.empty();
  }

  private static boolean isTrue(DiskFile file, ByteBuffer header) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(header.slice(0, CHECKSUM_AT));
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    for (long at = HEADER_BYTES; at < file.size(); at += buffer.limit()) {
      file.read(at, buffer.clear());
      if (!buffer.flip().hasRemaining()) {
        return false;
      }
      crc.update(buffer.duplicate());
    }
    return header.getInt(CHECKSUM_AT) == (int) crc.getValue();
  }

  private static ByteBuffer read(DiskFile file, long offset, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    file.read(offset, buffer);
    return buffer.flip();
  }

  /// Tells `matches` the records that have one of `wanted`, which are ascending, from `fromOffset`
  /// on, until it has enough.
  void find(int[] wanted, int fromOffset, Matches matches) throws IOException {
    long[] found = new long[0];
    for (int i = 0; i < wanted.length; i++) {
      int at = placeOf(wanted[i]);
      if (at < keys && keyAt(at) == wanted[i]) {
        found = withRecords(found, at, i, fromOffset, matches.room());
      }
    }
    Arrays.sort(found);
    for (int i = 0; i < found.length && !matches.isFull(); i++) {
      matches.add(
          (int) (found[i] >>> 32), wanted[(int) (found[i] >>> 16) & 0xFFFF], (short) found[i]);
    }
  }

  /// The first of the keys that is not below `key`.
  private int placeOf(int key) throws IOException {
    int low = 0;
    int high = keys;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keyAt(middle) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long keyOffset(int place) {
    return HEADER_BYTES + (long) place * KEY_BYTES;
  }

  private int keyAt(int place) throws IOException {
    return read(file, keyOffset(place), 4).getInt(0);
  }

  /// `found` and up to `max` records of the key at `place`: offset, which of the wanted keys, tag.
  private long[] withRecords(long[] found, int place, int which, int fromOffset, int max)
      throws IOException {
    ByteBuffer key = read(file, keyOffset(place), KEY_BYTES);
    int first = key.getInt(4);
    int end = first + key.getInt(8);
    int low = first;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (read(file, recordOffset(middle), 4).getInt(0) < fromOffset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int count = Math.min(end - low, max);
    ByteBuffer records = read(file, recordOffset(low), count * RECORD_BYTES);
    long[] more = Arrays.copyOf(found, found.length + count);
    for (int i = 0; i < count; i++) {
      long offset = records.getInt(i * RECORD_BYTES);
      short tag = records.getShort(i * RECORD_BYTES + 4);
      more[found.length + i] = offset << 32 | (long) which << 16 | (tag & 0xFFFF);
    }
    return more;
  }

  private long recordOffset(int record) {
    return keyOffset(keys) + (long) record * RECORD_BYTES;
  }

  void close() throws IOException {
    file.close();
  }
}
