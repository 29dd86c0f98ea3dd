package io.holdfast.simulator;

import java.util.function.Consumer;

/// The story of a seed: a running hash of everything that happened, and its lines where somebody
/// wants to read them. Two runs of one seed give the same hash, or chance came in from outside.
final class Trace {
  private final Scheduler scheduler;
  private final boolean isTold;
  private final Consumer<String> reader;
  private long hash = 0x243F6A8885A308D3L;

  private Trace(Scheduler scheduler, boolean isTold, Consumer<String> reader) {
    this.scheduler = scheduler;
    this.isTold = isTold;
    this.reader = reader;
  }

  /// Makes the trace of a world.
  interface Maker {
    Trace of(Scheduler scheduler);
  }

  static Trace silent(Scheduler scheduler) {
    return new Trace(scheduler, false, line -> {});
  }

  static Trace told(Scheduler scheduler, Consumer<String> reader) {
    return new Trace(scheduler, true, reader);
  }

  boolean isTold() {
    return isTold;
  }

  long hash() {
    return hash;
  }

  /// Something happened that two numbers tell.
  void note(String what, long first, long second) {
    mix(what.hashCode());
    mix(first);
    mix(second);
    if (isTold) {
      line(what + " " + first + " " + second);
    }
  }

  void note(String what, String of) {
    mix(what.hashCode());
    mix(of.hashCode());
    if (isTold) {
      line(what + " " + of);
    }
  }

  /// A line for readers only.
  void line(String line) {
    if (isTold) {
      reader.accept("%,15d  %s".formatted(scheduler.nowNanos() / 1000, line));
    }
  }

  private void mix(long value) {
    long mixed = (hash ^ value ^ scheduler.nowNanos()) * 0x9E3779B97F4A7C15L;
    hash = mixed ^ (mixed >>> 29);
  }
}
