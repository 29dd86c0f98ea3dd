package io.holdfast.simulator;

import io.holdfast.simulator.workload.Reached;

/// How often each fault and each state was come to.
@SuppressWarnings("EnumOrdinal") // Counted very often, and kept nowhere.
final class Coverage {
  private final long[] counts = new long[Reached.values().length];

  void reached(Reached what) {
    counts[what.ordinal()]++;
  }

  long count(Reached what) {
    return counts[what.ordinal()];
  }

  void add(Coverage other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }
}
