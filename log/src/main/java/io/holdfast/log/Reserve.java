package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Files that hold space for what must not be refused, for when the disk has none: some small
/// segments for acknowledgements and the state of sessions, and one file as large as a snapshot.
///
/// The segments are used up slowly, for snapshots set them free again. All calls block.
final class Reserve {
  static final int SEGMENTS = 4;

  private static final String SUFFIX = ".reserve";
  private static final String SNAPSHOT = "snapshot" + SUFFIX;

  private final Disk disk;
  private final int segmentBytes;

  Reserve(Disk disk, int segmentBytes) {
    this.disk = disk;
    this.segmentBytes = segmentBytes;
  }

  private static String segmentName(int i) {
    return "%010d".formatted(i) + SUFFIX;
  }

  /// Makes what is missing of it, as far as there is space: first what a snapshot needs, for that
  /// sets the rest free. Whether it is whole then.
  boolean fill(long snapshotBytes) throws IOException {
    List<String> there = disk.list();
    boolean changed = false;
    try {
      changed |= hold(there, SNAPSHOT, snapshotBytes);
      for (int i = 1; i <= SEGMENTS; i++) {
        changed |= hold(there, segmentName(i), segmentBytes);
      }
    } catch (NoSpaceException e) {
      return false;
    }
    if (changed) {
      disk.syncFolder();
    }
    return true;
  }

  private boolean hold(List<String> there, String name, long bytes) throws IOException {
    boolean isThere = there.contains(name);
    if (isThere) {
      try (DiskFile file = disk.open(name)) {
        if (file.size() < bytes) {
          file.reserve(bytes);
        }
      }
      return false;
    }
    make(disk, name, bytes).close();
    return true;
  }

  /// A new file with room for `bytes`, or none.
  static DiskFile make(Disk disk, String name, long bytes) throws IOException {
    DiskFile file = disk.create(name);
    try {
      file.reserve(bytes);
    } catch (NoSpaceException e) {
      file.close();
      disk.delete(name);
      throw e;
    }
    return file;
  }

  /// A segment of the reserve, under the name `name` from now on; null where none is left. The
  /// folder is to be synced.
  @Nullable DiskFile takeSegment(String name) throws IOException {
    String last = lastSegment();
    if (last == null) {
      return null;
    }
    disk.rename(last, name);
    return disk.open(name);
  }

  /// Whether there is one left to take.
  boolean hasSegment() throws IOException {
    return lastSegment() != null;
  }

  private @Nullable String lastSegment() throws IOException {
    List<String> there = disk.list();
    for (int i = SEGMENTS; i > 0; i--) {
      if (there.contains(segmentName(i)) && isWhole(segmentName(i))) {
        return segmentName(i);
      }
    }
    return null;
  }

  private boolean isWhole(String name) throws IOException {
    try (DiskFile file = disk.open(name)) {
      return file.size() >= segmentBytes;
    }
  }

  /// Gives the space up that is held for a snapshot. Whether there was any.
  boolean giveUpSnapshot() throws IOException {
    if (!disk.list().contains(SNAPSHOT)) {
      return false;
    }
    disk.delete(SNAPSHOT);
    disk.syncFolder();
    return true;
  }
}
