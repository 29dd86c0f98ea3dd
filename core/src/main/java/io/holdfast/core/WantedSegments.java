package io.holdfast.core;

import io.holdfast.log.Log;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/// Counts what is wanted in each segment of the log, and lets go of segments in which nothing is.
///
/// A count never rises again from zero: nothing new comes to want an old message but through what
/// wants it already. A segment goes once the records that made its count zero are durable.
final class WantedSegments {
  private final Log log;
  private final TreeMap<Integer, Long> counts = new TreeMap<>();
  private final TreeMap<Integer, Long> unwantedAt = new TreeMap<>();

  WantedSegments(Log log) {
    this.log = log;
  }

  void add(long position, long count) {
    counts.merge(log.segmentOf(position), count, Long::sum);
  }

  void remove(long position) {
    int segment = log.segmentOf(position);
    Long count = counts.get(segment);
    Invariant.check(count != null && count > 0, "what leaves a segment was wanted in it");
    if (count == null || count == 1) {
      counts.remove(segment);
    } else {
      counts.put(segment, count - 1);
    }
  }

  /// Discards what nobody wants, neither as a message nor as state from `stateNeededFrom` on. Gives
  /// the position before which no segment is left.
  long discardUnwanted(long stateNeededFrom) {
    int newest = log.segmentOf(Math.max(0, log.end() - 1));
    for (int segment = log.oldestSegment(); segment < newest; segment++) {
      if (log.holdsSegment(segment)
          && !counts.containsKey(segment)
          && log.segmentEnd(segment) <= stateNeededFrom) {
        unwantedAt.putIfAbsent(segment, log.end());
      }
    }
    Iterator<Map.Entry<Integer, Long>> candidates = unwantedAt.entrySet().iterator();
    while (candidates.hasNext()) {
      Map.Entry<Integer, Long> candidate = candidates.next();
      if (candidate.getValue() <= log.durable()) {
        log.discard(candidate.getKey());
        candidates.remove();
      }
    }
    int oldest = log.oldestSegment();
    return oldest == 0 ? 0 : log.segmentEnd(oldest - 1);
  }
}
