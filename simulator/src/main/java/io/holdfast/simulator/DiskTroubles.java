package io.holdfast.simulator;

import io.holdfast.simulator.workload.Reached;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What befalls a disk by itself: bits that flip, and room that somebody else takes.
///
/// Only what the disk itself tells to be whole is hurt. In the last batches of a log a flipped bit
/// looks like a write that was torn, and nobody can tell the one from the other.
final class DiskTroubles {
  private static final int FLIPS_PER_CENT = 5;
  private static final int FLIPS_PER_CENT_READ = 20;
  private static final int FULL_PER_CENT = 25;
  private static final int ROOM_BYTES_MAX = 192 << 10;
  private static final int NUMBER_DIGITS = 10;

  private final SimDisk disk;
  private final RandomGenerator random;
  private final Coverage coverage;
  private int refusalsBefore;
  private int reserveUsesBefore;

  DiskTroubles(SimDisk disk, RandomGenerator random, Coverage coverage) {
    this.disk = disk;
    this.random = random;
    this.coverage = coverage;
  }

  /// A bit may flip.
  void maybeFlip(Whole where) {
    if (random.nextInt(100) < FLIPS_PER_CENT) {
      flip(where);
    }
  }

  /// What of a log is whole: the segments before one, and so many bytes of that.
  record Whole(int segment, int bytes) {}

  /// A bit flips, in a snapshot, an index or what is whole of the log.
  private void flip(Whole where) {
    List<String> whole = new ArrayList<>();
    for (String name : disk.names()) {
      if (name.endsWith(".snapshot") || name.endsWith(".index") || isSealed(name, where.segment)) {
        whole.add(name);
      }
    }
    int chosen = random.nextInt(whole.size() + 1);
    if (chosen == whole.size()) {
      flipInNewest(where);
    } else if (disk.flip(whole.get(chosen), Integer.MAX_VALUE)) {
      coverage.reached(Reached.BIT_FLIPPED);
      if (whole.get(chosen).endsWith(".index")) {
        coverage.reached(Reached.BIT_FLIPPED_IN_AN_INDEX);
      }
    }
  }

  /// A bit flips in what is whole of the newest segment.
  void flipInNewest(Whole where) {
    String name = "%010d.log".formatted(where.segment);
    if (disk.flip(name, where.bytes)) {
      coverage.reached(Reached.BIT_FLIPPED);
      coverage.reached(Reached.BIT_FLIPPED_IN_THE_NEWEST_SEGMENT);
    }
  }

  private static boolean isSealed(String name, int sealedBefore) {
    return name.endsWith(".log")
        && Integer.parseInt(name.substring(0, NUMBER_DIGITS)) < sealedBefore;
  }

  /// A bit may have flipped, as it turns out now, in a file that is about to be read.
  void maybeFlipIn(String name, Whole where) {
    if (random.nextInt(100) < FLIPS_PER_CENT_READ
        && isSealed(name, where.segment)
        && disk.flip(name, Integer.MAX_VALUE)) {
      coverage.reached(Reached.BIT_FLIPPED);
    }
  }

  /// Somebody else may take most of the room that is left.
  void maybeFill() {
    if (random.nextInt(100) < FULL_PER_CENT) {
      disk.capacity(disk.usedBytes() + random.nextInt(ROOM_BYTES_MAX));
    }
  }

  /// Whether somebody saw that it is full, and made room.
  boolean maybeMakeRoom() {
    if (disk.reserveUses() > reserveUsesBefore) {
      reserveUsesBefore = disk.reserveUses();
      coverage.reached(Reached.RESERVE_USED);
    }
    if (disk.refusals() > refusalsBefore) {
      refusalsBefore = disk.refusals();
      coverage.reached(Reached.DISK_FULL);
      if (random.nextBoolean()) {
        disk.capacity(Long.MAX_VALUE);
        return true;
      }
    }
    return false;
  }

  /// Puts everything right but for the room: where that is short, it may be gone wholly.
  void heal() {
    disk.restore();
    if (disk.isLimited() && random.nextInt(4) > 0) {
      disk.capacity(disk.usedBytes());
    }
  }

  void makeRoom() {
    disk.capacity(Long.MAX_VALUE);
  }
}
