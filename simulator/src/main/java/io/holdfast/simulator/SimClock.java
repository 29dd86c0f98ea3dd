package io.holdfast.simulator;

import io.holdfast.core.BrokerClock;
import io.holdfast.simulator.workload.Reached;
import java.util.random.RandomGenerator;

/// The clocks of the simulated machine: one that only goes on, which is the world's time, and one
/// on the wall, which somebody sets to whatever he likes.
final class SimClock {
  static final long NANOS_PER_MILLI = 1_000_000;
  private static final long DAY_MILLIS = 24L * 3600 * 1000;
  private static final long YEAR_MILLIS = 365 * DAY_MILLIS;
  private static final long MINUTE_MILLIS = 60_000;
  private static final long FIRST_WALL_MILLIS = 1_700_000_000_000L;

  private final Scheduler scheduler;
  private long wallAheadMillis = FIRST_WALL_MILLIS;

  /// The broker's time as of its last start.
  private BrokerClock broker = new BrokerClock(FIRST_WALL_MILLIS, 0);

  /// The latest time that is on the disk for sure, 0 for none.
  private long recordedMillis;

  /// By how much its starts moved the broker's time further than time went by, all in all.
  private long leaptMillis;

  SimClock(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  long nowNanos() {
    return scheduler.nowNanos();
  }

  private long nowMillis() {
    return nowNanos() / NANOS_PER_MILLI;
  }

  /// Somebody sets the clock on the wall, or takes out its battery.
  void tamper(RandomGenerator random, Coverage coverage) {
    switch (random.nextInt(4)) {
      case 0 -> {
        coverage.reached(Reached.CLOCK_LOST_ITS_BATTERY);
        wallAheadMillis = -nowMillis();
      }
      case 1 -> {
        coverage.reached(Reached.WALL_CLOCK_WENT_BACK);
        // No machine's clock shows a time before 1970.
        wallAheadMillis = Math.max(-nowMillis(), wallAheadMillis - random.nextLong(DAY_MILLIS));
      }
      default -> {
        coverage.reached(Reached.WALL_CLOCK_LEAPT);
        long most = random.nextInt(8) == 0 ? YEAR_MILLIS : DAY_MILLIS;
        wallAheadMillis += random.nextLong(random.nextBoolean() ? most : MINUTE_MILLIS);
      }
    }
  }

  long wallMillis() {
    return nowMillis() + wallAheadMillis;
  }

  /// The broker starts, and had recorded that time last, 0 for none. Gives its time.
  ///
  /// @param isFirst whether no broker has shown a time before
  long start(long lastMillis, boolean isFirst) {
    long was = brokerMillis();
    long is = BrokerClock.baseMillis(lastMillis, wallMillis());
    if (recordedMillis > 0 && is < recordedMillis) {
      throw new Violation("time", "went back by %d ms in a start".formatted(recordedMillis - is));
    }
    if (!isFirst && lastMillis > 0 && is > was + BrokerClock.FORWARD_MILLIS_MAX) {
      throw new Violation("time", "went ahead by %d ms in a start".formatted(is - was));
    }
    broker = new BrokerClock(is, nowNanos());
    if (!isFirst) {
      leaptMillis += Math.max(0, is - was);
    }
    return is;
  }

  /// A batch is on the disk that says so late a time.
  void recorded(long millis) {
    recordedMillis = Math.max(recordedMillis, millis);
  }

  /// The batch that says so was hurt, maybe, and is the last one, of which no other tells.
  void forgetRecorded() {
    recordedMillis = 0;
  }

  /// What a broker goes by that runs since the last start.
  long brokerMillis() {
    return broker.millisAt(nowNanos());
  }

  /// How far the broker's time can have come, counted from the world's beginning.
  long latestMillis() {
    return nowMillis() + leaptMillis;
  }
}
