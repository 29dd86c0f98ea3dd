package io.holdfast.core;

import io.holdfast.log.Log;
import java.util.Arrays;
import java.util.TreeMap;

/// Counts what is wanted in each segment of the log, and lets go of segments in which nothing is.
///
/// A count never rises again from zero: nothing new comes to want an old message but through what
/// wants it already. A segment goes once the records that made its count zero are durable.
final class WantedSegments {
  private final Log log;

  /// By segment number, from `firstSegment` on.
  private long[] counts = new long[16];

  private int firstSegment;

  /// Segments that nobody wants, with the log's end when that was seen.
  private final TreeMap<Integer, Long> unwantedAt = new TreeMap<>();

  WantedSegments(Log log) {
    this.log = log;
    this.firstSegment = log.oldestSegment();
  }

  void add(long position, long count) {
    int index = log.segmentOf(position) - firstSegment;
    Invariant.check(index >= 0, "what is wanted lies in a segment that is kept");
    if (index >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(index + 1, counts.length * 2));
    }
    counts[index] += count;
  }

  void remove(long position) {
    int index = log.segmentOf(position) - firstSegment;
    Invariant.check(
        index >= 0 && index < counts.length && counts[index] > 0,
        "what leaves a segment was wanted in it");
    counts[index]--;
  }

  private boolean isWanted(int segment) {
    int index = segment - firstSegment;
    return index >= 0 && index < counts.length && counts[index] > 0;
  }

  /// Discards what nobody wants, neither as a message nor as state from `stateNeededFrom` on. Gives
  /// the position before which no segment is left.
  long discardUnwanted(long stateNeededFrom) {
    int newest = log.segmentOf(Math.max(0, log.end() - 1));
    for (int segment = log.oldestSegment(); segment < newest; segment++) {
      if (log.holdsSegment(segment)
          && !isWanted(segment)
          && log.segmentEnd(segment) <= stateNeededFrom) {
        unwantedAt.putIfAbsent(segment, log.end());
      }
    }
    while (!unwantedAt.isEmpty() && unwantedAt.firstEntry().getValue() <= log.durable()) {
      log.discard(unwantedAt.pollFirstEntry().getKey());
    }
    forgetOldest();
    return log.segmentEnd(firstSegment - 1);
  }

  /// Whether a segment is kept for the state in it alone, which newer snapshots would have.
  boolean keepsForState(long stateNeededFrom) {
    int newest = log.segmentOf(Math.max(0, log.end() - 1));
    for (int segment = log.oldestSegment(); segment < newest; segment++) {
      if (log.holdsSegment(segment)
          && !isWanted(segment)
          && log.segmentEnd(segment) > stateNeededFrom) {
        return true;
      }
    }
    return false;
  }

  private void forgetOldest() {
    int oldest = log.oldestSegment();
    if (oldest > firstSegment) {
      int gone = Math.min(oldest - firstSegment, counts.length);
      counts = Arrays.copyOfRange(counts, gone, Math.max(gone + 16, counts.length));
      firstSegment = oldest;
    }
  }
}
