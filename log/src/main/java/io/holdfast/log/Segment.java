package io.holdfast.log;

import io.holdfast.log.disk.DiskFile;
import org.jspecify.annotations.Nullable;

/// A file of the log. A position in it is at the offset `position - first`.
///
/// The loop makes it and gives it its place; a task makes its file ready.
final class Segment {
  private final int number;
  private final int run;
  private long capacity;
  private boolean regular;
  private long first = -1;
  private long end = Long.MAX_VALUE;
  private boolean isWhole = true;
  private boolean discarded;
  private long cutAt = -1;
  private @Nullable DiskFile file;

  /// @param capacity how many bytes it may hold, at least
  Segment(int number, int run, long capacity) {
    this.number = number;
    this.run = run;
    this.capacity = capacity;
  }

  static String fileName(int number) {
    return "%010d.log".formatted(number);
  }

  int number() {
    return number;
  }

  /// The run that wrote it.
  int run() {
    return run;
  }

  long capacity() {
    return capacity;
  }

  String name() {
    return fileName(number);
  }

  void startsAt(long position) {
    first = position;
  }

  /// Its first position.
  long first() {
    return first;
  }

  /// It is the first of its run, which cut the run before at `position`.
  void cuts(long position) {
    cutAt = position;
  }

  /// Where its run cut the one before, -1 where it is not the first of its run.
  long cutAt() {
    return cutAt;
  }

  /// Nothing that counts in it lies at or behind `position`.
  void endsAt(long position) {
    end = position;
  }

  /// Nobody wants anything of it, and its file is about to go.
  void discarded() {
    discarded = true;
  }

  boolean isDiscarded() {
    return discarded;
  }

  /// It is not known that its batches reach up to `end`.
  void mayEndBefore() {
    isWhole = false;
  }

  /// All that counts in it lies before this position, once it is sealed.
  long end() {
    return end;
  }

  /// Whether its batches are known to reach up to `end`.
  boolean reachesItsEnd() {
    return isWhole;
  }

  boolean isReady() {
    return file != null;
  }

  /// Whether it is for everything, and not only for what must not be refused.
  boolean isRegular() {
    return regular;
  }

  /// Its file is ready, and has room for `bytes`.
  void ready(DiskFile opened, long bytes, boolean forEverything) {
    file = opened;
    capacity = bytes;
    regular = forEverything;
  }

  /// Its file is about to be changed for a larger one.
  void unready() {
    file = null;
  }

  DiskFile file() {
    DiskFile opened = file;
    if (opened == null) {
      throw new IllegalStateException("broken invariant: a segment is used once its file is ready");
    }
    return opened;
  }
}
