package io.holdfast.simulator;

import io.holdfast.simulator.workload.Reached;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What befalls a disk by itself: bits that flip, and room that somebody else takes.
///
/// Only what is known to be whole is hurt. In the last batches of a log a flipped bit looks like a
/// write that was torn, and nobody can tell the one from the other.
final class DiskTroubles {
  private static final int FLIPS_PER_CENT = 5;
  private static final int FULL_PER_CENT = 4;
  private static final int ROOM_BYTES_MAX = 128 << 10;
  private static final int NUMBER_DIGITS = 10;

  private final SimDisk disk;
  private final RandomGenerator random;
  private final Coverage coverage;
  private int refusalsBefore;

  DiskTroubles(SimDisk disk, RandomGenerator random, Coverage coverage) {
    this.disk = disk;
    this.random = random;
    this.coverage = coverage;
  }

  /// A bit may flip, in a snapshot or in a segment of a number below `sealedBefore`.
  void maybeFlip(int sealedBefore) {
    if (random.nextInt(100) >= FLIPS_PER_CENT) {
      return;
    }
    List<String> whole = new ArrayList<>();
    for (String name : disk.names()) {
      if (name.endsWith(".snapshot")
          || (name.endsWith(".log")
              && Integer.parseInt(name.substring(0, NUMBER_DIGITS)) < sealedBefore)) {
        whole.add(name);
      }
    }
    if (!whole.isEmpty() && disk.flip(whole.get(random.nextInt(whole.size())))) {
      coverage.reached(Reached.BIT_FLIPPED);
    }
  }

  /// Somebody else may take most of the room that is left.
  void maybeFill() {
    if (random.nextInt(100) < FULL_PER_CENT) {
      disk.capacity(disk.usedBytes() + random.nextInt(ROOM_BYTES_MAX));
    }
  }

  /// Somebody may see that it is full, and make room.
  void maybeMakeRoom() {
    if (disk.refusals() > refusalsBefore) {
      refusalsBefore = disk.refusals();
      coverage.reached(Reached.DISK_FULL);
      if (random.nextBoolean()) {
        disk.capacity(Long.MAX_VALUE);
      }
    }
  }

  /// Puts everything right.
  void heal() {
    disk.restore();
    disk.capacity(Long.MAX_VALUE);
  }
}
