package io.holdfast.core;

import io.holdfast.core.record.LogRecord.Leftover;
import io.holdfast.core.record.LogRecord.WantedPart;
import io.holdfast.log.Log;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Counts what is wanted in each segment of the log, and lets go of segments in which nothing is.
///
/// A count never rises again from zero: nothing new comes to want an old message but through what
/// wants it already. A segment goes once the records that made its count zero are durable.
final class WantedSegments {
  private final Log log;

  /// Entries of durable queues, by segment number, from `firstSegment` on.
  private long[] counts = new long[16];

  /// What else wants messages, by the same.
  private long[] others = new long[16];

  private int firstSegment;

  /// Segments that nobody wants, with the log's end when that was seen.
  private final TreeMap<Integer, Long> unwantedAt = new TreeMap<>();

  WantedSegments(Log log) {
    this.log = log;
    this.firstSegment = log.oldestSegment();
  }

  /// Takes over what recovery has counted. Gives how many entries there are.
  long begin(WantedTally tally) {
    long entries = 0;
    for (Map.Entry<Long, Long> segment : tally.counts().entrySet()) {
      Invariant.check(segment.getValue() >= 0, "no more leave a segment than were wanted in it");
      if (segment.getValue() > 0) {
        add(segment.getKey(), segment.getValue());
        entries += segment.getValue();
      }
    }
    return entries;
  }

  /// What a snapshot has to say, for recovery cannot count it.
  WantedPart part(List<Leftover> leftovers) {
    Sequences segments = new Sequences();
    Sequences wanted = new Sequences();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        segments.add(log.segmentEnd(firstSegment + i - 1));
        wanted.add(counts[i]);
      }
    }
    return new WantedPart(segments.takeInOrder(), wanted.takeInOrder(), leftovers);
  }

  void add(long position, long count) {
    int place = place(position);
    counts[place] += count;
  }

  void remove(long position, long count) {
    int place = place(position);
    counts[place] -= count;
    Invariant.check(counts[place] >= 0, "what leaves a segment was wanted in it");
  }

  /// Something wants the message that is no entry of a durable queue.
  void pin(long position) {
    int place = place(position);
    others[place]++;
  }

  void unpin(long position) {
    int place = place(position);
    others[place]--;
    Invariant.check(others[place] >= 0, "what leaves a segment was wanted in it");
  }

  private int place(long position) {
    int index = log.segmentOf(position) - firstSegment;
    Invariant.check(index >= 0, "what is wanted lies in a segment that is kept");
    if (index >= counts.length) {
      int length = Math.max(index + 1, counts.length * 2);
      counts = Arrays.copyOf(counts, length);
      others = Arrays.copyOf(others, length);
    }
    return index;
  }

  private boolean isWanted(int segment) {
    int index = segment - firstSegment;
    return index >= 0 && index < counts.length && (counts[index] > 0 || others[index] > 0);
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
      int segment = unwantedAt.pollFirstEntry().getKey();
      if (log.holdsSegment(segment)) {
        log.discard(segment);
      }
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
      int end = Math.max(gone + 16, counts.length);
      counts = Arrays.copyOfRange(counts, gone, end);
      others = Arrays.copyOfRange(others, gone, end);
      firstSegment = oldest;
    }
  }
}
