package io.holdfast.simulator;

import io.holdfast.log.LogTask;
import java.util.random.RandomGenerator;

/// How fast the disk of one seed is: some sync as slowly as a worn memory card.
///
/// @param fastNanos what a task takes at least
/// @param spreadNanos what it mostly takes beyond
/// @param commitNanos what a commit mostly takes beyond that
/// @param stallsPerMille tasks that take up to a second
record DiskHabits(long fastNanos, long spreadNanos, long commitNanos, int stallsPerMille) {
  private static final long STALL_NANOS = 1_000_000_000L;
  private static final long LATE_NANOS = 100_000;

  static DiskHabits draw(RandomGenerator random) {
    long spread = 50_000L << random.nextInt(8);
    long commit = random.nextInt(6) == 0 ? LATE_NANOS << random.nextInt(13) : 1;
    return new DiskHabits(10_000L << random.nextInt(8), spread, commit, random.nextInt(30));
  }

  long latency(LogTask.Lane lane, RandomGenerator random) {
    if (random.nextInt(1000) < stallsPerMille) {
      return random.nextLong(STALL_NANOS);
    }
    long more = lane == LogTask.Lane.COMMIT ? random.nextLong(commitNanos) : 0;
    return fastNanos + random.nextLong(spreadNanos) + more;
  }

  /// How long it takes until the loop hears of what came of a task.
  long lateness(RandomGenerator random) {
    return random.nextInt(1000) < stallsPerMille
        ? random.nextLong(STALL_NANOS)
        : random.nextLong(LATE_NANOS);
  }
}
