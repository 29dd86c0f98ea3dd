package io.holdfast.simulator;

/// Ticks every 100 ms while something is going on in a process and for a moment after, and once a
/// second otherwise, as the server's timer does.
final class Ticks {
  private static final long TICK_NANOS = 100_000_000L;
  private static final long QUIET_TICK_NANOS = 1_000_000_000L;
  private static final int QUICK_TICKS = 4;

  /// After so long an idle process has done what it does then, however slow its disk is.
  private static final long IDLE_NANOS = 5_000_000_000L;

  private final BrokerProcess process;
  private boolean happened;
  private long happenedNanos;
  private int quickTicksLeft;
  private boolean slow = true;

  /// The tick that counts: one that is asked for later takes the place of the one before.
  private int next;

  Ticks(BrokerProcess process) {
    this.process = process;
  }

  void start() {
    tickIn(QUIET_TICK_NANOS);
  }

  /// Something happens.
  void busy() {
    happened = true;
    happenedNanos = process.nowNanos();
    if (slow) {
      slow = false;
      tickIn(TICK_NANOS);
    }
  }

  /// Whether nothing has happened for a while.
  boolean isIdle() {
    return process.nowNanos() - happenedNanos >= IDLE_NANOS;
  }

  private void tickIn(long nanos) {
    int number = ++next;
    process.after(
        nanos,
        () -> {
          if (number == next) {
            tick();
          }
        });
  }

  private void tick() {
    boolean quiet = !happened;
    happened = false;
    quickTicksLeft = quiet ? quickTicksLeft - 1 : QUICK_TICKS;
    slow = quickTicksLeft <= 0;
    tickIn(slow ? QUIET_TICK_NANOS : TICK_NANOS);
    process.tick(quiet);
  }
}
