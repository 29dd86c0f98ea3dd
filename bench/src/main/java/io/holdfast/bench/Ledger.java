package io.holdfast.bench;

import java.util.Map;
import java.util.TreeMap;

/// What became of one topic's messages, which are numbered from zero in the order of sending.
///
/// A number that is skipped is missing; if it comes later it was reordered; if it never comes and
/// was acknowledged, it was lost. A number that comes when it is not missing is a duplicate.
final class Ledger {
  /// Skipped and not seen since: ranges from (inclusive) to until (exclusive). Empty as long as all
  /// is well, so the usual delivery costs a comparison.
  private final TreeMap<Long, Long> missing = new TreeMap<>();

  private long next;
  private long duplicated;
  private long reordered;

  void delivered(long sequence) {
    if (sequence == next) {
      next++;
    } else if (sequence > next) {
      missing.put(next, sequence);
      next = sequence + 1;
    } else if (fill(sequence)) {
      reordered++;
    } else {
      duplicated++;
    }
  }

  /// How many different messages came.
  long arrived() {
    long arrived = next;
    for (Map.Entry<Long, Long> range : missing.entrySet()) {
      arrived -= range.getValue() - range.getKey();
    }
    return arrived;
  }

  long duplicated() {
    return duplicated;
  }

  long reordered() {
    return reordered;
  }

  /// How many of the first `acknowledged` messages never came.
  long lost(long acknowledged) {
    long lost = Math.max(0, acknowledged - next);
    for (Map.Entry<Long, Long> range : missing.entrySet()) {
      lost += Math.max(0, Math.min(range.getValue(), acknowledged) - range.getKey());
    }
    return lost;
  }

  private boolean fill(long sequence) {
    Map.Entry<Long, Long> range = missing.floorEntry(sequence);
    if (range == null || sequence >= range.getValue()) {
      return false;
    }
    missing.remove(range.getKey());
    if (range.getKey() < sequence) {
      missing.put(range.getKey(), sequence);
    }
    if (sequence + 1 < range.getValue()) {
      missing.put(sequence + 1, range.getValue());
    }
    return true;
  }
}
