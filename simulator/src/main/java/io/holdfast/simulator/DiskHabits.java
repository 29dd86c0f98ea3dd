package io.holdfast.simulator;

import java.util.random.RandomGenerator;

/// How fast the disk of one seed is.
///
/// @param fastNanos what a task takes at least
/// @param spreadNanos what it mostly takes beyond
/// @param stallsPerMille tasks that take up to a second
record DiskHabits(long fastNanos, long spreadNanos, int stallsPerMille) {
  private static final long STALL_NANOS = 1_000_000_000L;
  private static final long LATE_NANOS = 100_000;

  static DiskHabits draw(RandomGenerator random) {
    return new DiskHabits(
        10_000L << random.nextInt(8), 50_000L << random.nextInt(8), random.nextInt(30));
  }

  long latency(RandomGenerator random) {
    return random.nextInt(1000) < stallsPerMille
        ? random.nextLong(STALL_NANOS)
        : fastNanos + random.nextLong(spreadNanos);
  }

  /// How long it takes until the loop hears of what came of a task.
  long lateness(RandomGenerator random) {
    return random.nextInt(1000) < stallsPerMille
        ? random.nextLong(STALL_NANOS)
        : random.nextLong(LATE_NANOS);
  }
}
