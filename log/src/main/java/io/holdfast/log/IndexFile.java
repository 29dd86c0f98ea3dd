package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A sealed segment's index: where the records of each key lie. Big-endian, in blocks of 4096 bytes,
/// the last four of which are a checksum.
///
/// The first block is the header:
///
///     0       4         8     12        16      24    32     36        40
///     +-------+---------+-----+---------+-------+-----+------+---------+-- - -
///     | magic | version | run | segment | first | end | keys | records | zeros
///     +-------+---------+-----+---------+-------+-----+------+---------+-- - -
///
/// `first` and `end` are the positions that the segment's records lie between. Another `end` than
/// the segment's is that of a run of which the end was cut off since. Then come the blocks of keys, 341
/// each: the key (4), its first record's number here (4), how many it has (4); ascending. Then those
/// of records, 682 each: the offset in the segment (4), its second and third byte (2); by key, and
/// in the order of their positions where that is the same. A checksum is over run, segment, the
/// block's number, and the block.
///
/// Nothing depends on it but time: a file that is missing, torn or hurt, or says what cannot be, is
/// made anew from its segment. So it is not synced. All calls block.
final class IndexFile {
  static final String SUFFIX = ".index";

  private static final int MAGIC = 0x48_46_49_58;
  private static final int VERSION = 1;
  private static final int BLOCK_BYTES = 4096;
  private static final int CHECKSUM_AT = BLOCK_BYTES - Integer.BYTES;
  private static final int KEY_BYTES = 12;
  private static final int KEYS_PER_BLOCK = CHECKSUM_AT / KEY_BYTES;
  private static final int RECORD_BYTES = 6;
  private static final int RECORDS_PER_BLOCK = CHECKSUM_AT / RECORD_BYTES;

  private final DiskFile file;
  private final Checksum checksum;
  private final int keys;
  private final int records;
  private final long bytes;

  /// How long the segment is.
  private final long segmentBytes;

  private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);

  /// The number of the block that `block` holds.
  private int loaded = -1;

  private IndexFile(
      DiskFile file, long bytes, Segment segment, Checksum checksum, int keys, int records) {
    this.segmentBytes = segment.end() - segment.first();
    this.file = file;
    this.bytes = bytes;
    this.checksum = checksum;
    this.keys = keys;
    this.records = records;
  }

  static String name(int segment) {
    return "%010d".formatted(segment) + SUFFIX;
  }

  /// A block is not as it was written, or says what cannot be.
  static final class HurtException extends Exception {
    private static final long serialVersionUID = 1;

    HurtException(String message) {
      super(message);
    }
  }

  /// Of the blocks of one file.
  static final class Checksum {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed = ByteBuffer.allocate(12);

    Checksum(int run, int segment) {
      seed.putInt(0, run).putInt(4, segment);
    }

    /// Of the block that begins at `at`.
    int of(int number, ByteBuffer bytes, int at) {
      crc.reset();
      crc.update(seed.putInt(8, number).rewind());
      crc.update(bytes.slice(at, CHECKSUM_AT));
      return (int) crc.getValue();
    }
  }

  // Writing

  /// Writes the index of `segment`, of which `records` are all. Absent where `spare` does not hold
  /// it.
  static Optional<IndexFile> write(
      Disk disk, SegmentFiles.Spare spare, Segment segment, KeyedRecords.Part records)
      throws IOException {
    int[] places = records.byKey();
    int keys = countKeys(records, places);
    int keyBlocks = blocks(keys, KEYS_PER_BLOCK);
    int blocks = 1 + keyBlocks + blocks(places.length, RECORDS_PER_BLOCK);
    int size = Math.multiplyExact(blocks, BLOCK_BYTES);
    if (!spare.holds(size)) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    bytes.putInt(MAGIC).putInt(VERSION).putInt(segment.run()).putInt(segment.number());
    bytes.putLong(segment.first()).putLong(segment.end()).putInt(keys).putInt(places.length);
    int written = 0;
    for (int i = 0; i < places.length; ) {
      int key = records.keys()[places[i]];
      int next = i + 1;
      while (next < places.length && records.keys()[places[next]] == key) {
        next++;
      }
      bytes.position(keyAt(written++));
      bytes.putInt(key).putInt(i).putInt(next - i);
      i = next;
    }
    for (int i = 0; i < places.length; i++) {
      bytes.position(recordAt(keyBlocks, i));
      bytes.putInt(records.offsets()[places[i]]).putShort(records.tags()[places[i]]);
    }
    Checksum checksum = seal(bytes.clear());
    DiskFile file = disk.create(name(segment.number()));
    try {
      file.write(0, bytes);
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return Optional.of(new IndexFile(file, size, segment, checksum, keys, places.length));
  }

  /// Writes the checksums of all blocks, which are those of the segment that the first one names.
  static Checksum seal(ByteBuffer bytes) {
    Checksum checksum = new Checksum(bytes.getInt(8), bytes.getInt(12));
    for (int at = 0; at + BLOCK_BYTES <= bytes.limit(); at += BLOCK_BYTES) {
      bytes.putInt(at + CHECKSUM_AT, checksum.of(at / BLOCK_BYTES, bytes, at));
    }
    return checksum;
  }

  /// How much it takes of the disk.
  long bytes() {
    return bytes;
  }

  private static int countKeys(KeyedRecords.Part records, int[] places) {
    int keys = 0;
    for (int i = 0; i < places.length; i++) {
      keys += i == 0 || records.keys()[places[i]] != records.keys()[places[i - 1]] ? 1 : 0;
    }
    return keys;
  }

  private static int blocks(int count, int perBlock) {
    return (count + perBlock - 1) / perBlock;
  }

  private static int keyAt(int key) {
    return (1 + key / KEYS_PER_BLOCK) * BLOCK_BYTES + key % KEYS_PER_BLOCK * KEY_BYTES;
  }

  private static int recordAt(int keyBlocks, int record) {
    return (1 + keyBlocks + record / RECORDS_PER_BLOCK) * BLOCK_BYTES
        + record % RECORDS_PER_BLOCK * RECORD_BYTES;
  }

  // Reading

  /// The index of `segment`, if its file is as long as its header says, and of that segment.
  static Optional<IndexFile> open(Disk disk, Segment segment) throws IOException {
    DiskFile file = disk.open(name(segment.number()));
    Checksum checksum = new Checksum(segment.run(), segment.number());
    ByteBuffer header = ByteBuffer.allocate(BLOCK_BYTES);
    file.read(0, header);
    if (!header.hasRemaining()
        && header.getInt(0) == MAGIC
        && header.getInt(4) == VERSION
        && header.getInt(CHECKSUM_AT) == checksum.of(0, header, 0)
        && header.getLong(16) == segment.first()
        && header.getLong(24) == segment.end()) {
      int keys = header.getInt(32);
      int records = header.getInt(36);
      long blocks = 1L + blocks(keys, KEYS_PER_BLOCK) + blocks(records, RECORDS_PER_BLOCK);
      if (keys >= 0 && records >= 0 && file.size() == blocks * BLOCK_BYTES) {
        return Optional.of(new IndexFile(file, file.size(), segment, checksum, keys, records));
      }
    }
    file.close();
    return Optional.empty();
  }

  /// Tells `matches` the records that have one of `wanted`, which are ascending, from `fromOffset`
  /// on, until it has enough.
  ///
  /// @throws HurtException before `matches` was told anything
  void find(int[] wanted, int fromOffset, Matches matches) throws IOException, HurtException {
    Records found = new Records();
    for (int key : wanted) {
      int at = placeOf(key);
      if (at < keys && block.getInt(load(keyAt(at))) == key) {
        addRecords(found, at, key, fromOffset, matches.room());
      }
    }
    found.tell(matches);
  }

  /// What was found, by key.
  private static final class Records {
    private int[] keys = new int[64];
    private short[] tags = new short[64];

    /// The offset of each, and below it its number here.
    private long[] places = new long[64];

    private int count;

    void add(int key, int offset, short tag) {
      if (count == keys.length) {
        keys = Arrays.copyOf(keys, 2 * count);
        tags = Arrays.copyOf(tags, 2 * count);
        places = Arrays.copyOf(places, 2 * count);
      }
      keys[count] = key;
      tags[count] = tag;
      places[count] = (long) offset << 32 | count;
      count++;
    }

    /// In the order of their positions, as far as `matches` has room.
    void tell(Matches matches) throws HurtException {
      Arrays.sort(places, 0, count);
      for (int i = 1; i < count; i++) {
        if (places[i] >>> 32 == places[i - 1] >>> 32) {
          throw new HurtException("it has a record twice");
        }
      }
      for (int i = 0; i < count && !matches.isFull(); i++) {
        int which = (int) places[i];
        matches.add((int) (places[i] >>> 32), keys[which], tags[which]);
      }
    }
  }

  /// The first of the keys that is not below `key`.
  private int placeOf(int key) throws IOException, HurtException {
    int low = 0;
    int high = keys;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (block.getInt(load(keyAt(middle))) < key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Adds up to `max` records of `key`, which stands at `place`.
  private void addRecords(Records found, int place, int key, int fromOffset, int max)
      throws IOException, HurtException {
    int at = load(keyAt(place));
    int first = block.getInt(at + 4);
    int end = first + block.getInt(at + 8);
    if (first < 0 || end < first || end > records) {
      throw new HurtException("it has no such records");
    }
    int keyBlocks = blocks(keys, KEYS_PER_BLOCK);
    int low = first;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (block.getInt(load(recordAt(keyBlocks, middle))) < fromOffset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int count = Math.min(end - low, max);
    int least = Math.max(fromOffset, 0);
    for (int i = 0; i < count; i++) {
      int record = load(recordAt(keyBlocks, low + i));
      int offset = block.getInt(record);
      if (offset < least || offset >= segmentBytes) {
        throw new HurtException("its segment has no such record");
      }
      found.add(key, offset, block.getShort(record + 4));
      least = offset;
    }
  }

  /// Has what lies at `offset` in `block`; gives where.
  private int load(int offset) throws IOException, HurtException {
    int number = offset / BLOCK_BYTES;
    if (number != loaded) {
      loaded = -1;
      file.read((long) number * BLOCK_BYTES, block.clear());
      if (block.hasRemaining()
          || block.getInt(CHECKSUM_AT) != checksum.of(number, block.clear(), 0)) {
        throw new HurtException("block " + number + " is not as it was written");
      }
      loaded = number;
    }
    return offset % BLOCK_BYTES;
  }

  void close() throws IOException {
    file.close();
  }
}
