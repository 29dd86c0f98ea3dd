package io.holdfast.log;

import java.util.Arrays;

/// What a search has found so far, up to a bound.
final class Matches {
  private final long[] positions;
  private final int[] keys;
  private final short[] tags;
  private int count;
  private long first;

  Matches(int max) {
    this.positions = new long[max];
    this.keys = new int[max];
    this.tags = new short[max];
  }

  /// Offsets that are added from here on are those of a segment that starts at `position`.
  void inSegmentAt(long position) {
    first = position;
  }

  void add(int offset, int key, short tag) {
    positions[count] = first + offset;
    keys[count] = key;
    tags[count] = tag;
    count++;
  }

  int room() {
    return positions.length - count;
  }

  boolean isFull() {
    return room() == 0;
  }

  /// @param until where the search ended, unless it was full before
  Found found(long until) {
    return new Found(
        Arrays.copyOf(positions, count),
        Arrays.copyOf(keys, count),
        Arrays.copyOf(tags, count),
        isFull() ? positions[count - 1] + 1 : until);
  }
}
