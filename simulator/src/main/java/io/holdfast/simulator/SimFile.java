package io.holdfast.simulator;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// What a file holds: as everybody reads it now, and as it is on the medium.
final class SimFile {
  /// What a disk writes wholly or not at all.
  static final int SECTOR_BYTES = 512;

  /// A batch starts at a multiple of it.
  private static final int BATCH_BYTES = 4096;

  private byte[] bytes = new byte[0];
  private int size;

  /// As long as `bytes`.
  private byte[] stored = new byte[0];

  private int storedSize;
  private final List<Write> unsynced = new ArrayList<>();
  private final List<Flip> flips = new ArrayList<>();

  /// Written, and on the medium by chance only.
  private record Write(int offset, byte[] bytes) {

    /// Without the zeros at its end, with which a batch fills its last sector.
    int length() {
      int length = bytes.length;
      while (length > 0 && bytes[length - 1] == 0) {
        length--;
      }
      return length;
    }
  }

  /// A bit that is not as it was written.
  private record Flip(int offset, int mask) {}

  int size() {
    return size;
  }

  boolean hasUnsynced() {
    return !unsynced.isEmpty() || size != storedSize;
  }

  int read(long offset, ByteBuffer target) {
    int length = Math.clamp(size - offset, 0, target.remaining());
    if (length > 0) {
      target.put(bytes, (int) offset, length);
    }
    return length;
  }

  /// Writes the next `length` bytes of `source`.
  void write(int offset, ByteBuffer source, int length) {
    byte[] written = new byte[length];
    source.get(written);
    write(offset, written);
  }

  void writeZeros(int offset, int length) {
    write(offset, new byte[length]);
  }

  private void write(int offset, byte[] written) {
    grow(offset + written.length);
    System.arraycopy(written, 0, bytes, offset, written.length);
    unsynced.add(new Write(offset, written));
    flips.removeIf(flip -> flip.offset >= offset && flip.offset < offset + written.length);
  }

  private void grow(int needed) {
    if (needed > bytes.length) {
      int capacity = Math.max(needed, bytes.length * 2);
      bytes = Arrays.copyOf(bytes, capacity);
      stored = Arrays.copyOf(stored, capacity);
    }
    size = Math.max(size, needed);
  }

  /// All that was written is on the medium.
  void sync() {
    for (Write write : unsynced) {
      System.arraycopy(write.bytes, 0, stored, write.offset, write.bytes.length);
    }
    unsynced.clear();
    storedSize = size;
  }

  /// A sync failed: some of what was written got to the medium, and nobody tries the rest again,
  /// though it stays readable for now.
  void failToSync(RandomGenerator random) {
    storeSome(random);
  }

  /// Power is lost: what was not synced is there wholly, partly or not at all.
  void losePower(RandomGenerator random) {
    storeSome(random);
    System.arraycopy(stored, 0, bytes, 0, storedSize);
    size = storedSize;
    Arrays.fill(bytes, size, bytes.length, (byte) 0);
    Arrays.fill(stored, size, stored.length, (byte) 0);
  }

  private void storeSome(RandomGenerator random) {
    if (size > storedSize && random.nextBoolean()) {
      storedSize = random.nextInt(4) == 0 ? storedSize + random.nextInt(size - storedSize) : size;
    }
    for (int left = unsynced.size(); left > 0; left--) {
      int next = random.nextInt(left);
      store(unsynced.get(next), random);
      unsynced.set(next, unsynced.get(left - 1));
    }
    unsynced.clear();
  }

  private void store(Write write, RandomGenerator random) {
    switch (random.nextInt(5)) {
      case 0 -> {}
      case 1 -> store(write, write.offset, write.offset + write.bytes.length);
      case 2 -> {
        // The beginning only, as where a disk stops on its way.
        int end = write.offset + random.nextInt(write.length() + 1);
        store(write, write.offset, Math.max(write.offset, end / SECTOR_BYTES * SECTOR_BYTES));
      }
      default -> storeSectors(write, random);
    }
  }

  private void storeSectors(Write write, RandomGenerator random) {
    int end = write.offset + write.bytes.length;
    int from = write.offset;
    while (from < end) {
      int until = Math.min(end, (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
      if (random.nextBoolean()) {
        store(write, from, until);
      }
      from = until;
    }
  }

  private void store(Write write, int from, int until) {
    System.arraycopy(write.bytes, from - write.offset, stored, from, until - from);
  }

  /// A bit among the first `length` bytes on the medium changes by itself, mostly where something
  /// is written. False where there is none.
  boolean flip(RandomGenerator random, int length) {
    int among = Math.min(length, storedSize);
    if (among <= 0) {
      return false;
    }
    int offset = random.nextInt(among);
    if (random.nextInt(4) == 0) {
      // Where a batch or a snapshot has its header.
      offset = Math.min(offset / BATCH_BYTES * BATCH_BYTES + random.nextInt(64), among - 1);
    } else if (random.nextInt(8) > 0) {
      int start = offset;
      do {
        offset = (offset + 1) % among;
      } while (stored[offset] == 0 && offset != start);
    }
    Flip flip = new Flip(offset, 1 << random.nextInt(8));
    turn(flip);
    flips.add(flip);
    return true;
  }

  /// Puts back from a copy what had changed by itself.
  void restore() {
    flips.forEach(this::turn);
    flips.clear();
  }

  boolean isHurt() {
    return !flips.isEmpty();
  }

  private void turn(Flip flip) {
    bytes[flip.offset] ^= (byte) flip.mask;
    stored[flip.offset] ^= (byte) flip.mask;
  }
}
