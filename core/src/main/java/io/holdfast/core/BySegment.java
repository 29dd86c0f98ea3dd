package io.holdfast.core;

import io.holdfast.core.queue.Entry;
import io.holdfast.log.Log;

/// Entries that leave together, counted by the segments of their messages.
///
/// @param positions one message of each segment, ascending
/// @param counts how many of the entries each of these segments has
record BySegment(long[] positions, long[] counts) {
  /// Counts `entries[from]` to `entries[to - 1]`, which are in the order of their messages.
  static BySegment of(Log log, long[] entries, int from, int to) {
    Sequences positions = new Sequences();
    Sequences counts = new Sequences();
    long segmentEnd = 0;
    long count = 0;
    for (int i = from; i < to; i++) {
      long position = Entry.position(entries[i]);
      if (position >= segmentEnd) {
        if (count > 0) {
          counts.add(count);
        }
        positions.add(position);
        segmentEnd = log.segmentEnd(log.segmentOf(position));
        count = 0;
      }
      count++;
    }
    counts.add(count);
    return new BySegment(positions.takeInOrder(), counts.takeInOrder());
  }
}
