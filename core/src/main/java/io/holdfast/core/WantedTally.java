package io.holdfast.core;

import io.holdfast.core.record.LogRecord.WantedPart;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Counts in recovery how many entries want messages of each segment.
final class WantedTally {
  private final TreeMap<Long, Long> counts = new TreeMap<>();
  private long countsFrom;
  private long recordAt;

  /// A segment begins at `position`.
  void segment(long position) {
    counts.putIfAbsent(position, 0L);
  }

  /// The record at `position` is about to be applied.
  void at(long position) {
    recordAt = position;
  }

  /// A snapshot has counted what records before `position` did.
  void begin(long position, WantedPart part) {
    Invariant.check(part.segments().length == part.counts().length, "each segment has its count");
    for (int i = 0; i < part.segments().length; i++) {
      add(part.segments()[i], part.counts()[i]);
    }
    countsFrom = position;
  }

  /// What a segment that is gone had and what left it since cancel each other out, for both are
  /// taken for the one before it.
  void add(long position, long count) {
    Map.Entry<Long, Long> segment = counts.floorEntry(position);
    if (segment != null && recordAt >= countsFrom) {
      counts.put(segment.getKey(), segment.getValue() + count);
    }
  }

  /// By the first position of each segment.
  Map<Long, Long> counts() {
    return Collections.unmodifiableMap(counts);
  }
}
