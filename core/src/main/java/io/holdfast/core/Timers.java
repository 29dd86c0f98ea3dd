package io.holdfast.core;

import java.util.TreeSet;

/// What is to be looked at when.
final class Timers {
  private final TreeSet<Timer> waiting = new TreeSet<>();
  private long nextOrder;

  Timer at(long millis, Runnable action) {
    Timer timer = new Timer(millis, nextOrder++, action);
    waiting.add(timer);
    return timer;
  }

  /// Forgets `timer`, whether or not it has run.
  void cancel(Timer timer) {
    waiting.remove(timer);
  }

  int count() {
    return waiting.size();
  }

  /// Runs what is due, in the order of time, and of making for equal times.
  void runUntil(long nowMillis) {
    while (!waiting.isEmpty() && waiting.first().atMillis <= nowMillis) {
      Timer due = waiting.removeFirst();
      due.action.run();
    }
  }

  /// One thing to be looked at; it may be cancelled.
  static final class Timer implements Comparable<Timer> {
    private final long atMillis;
    private final long order;
    private final Runnable action;

    private Timer(long atMillis, long order, Runnable action) {
      this.atMillis = atMillis;
      this.order = order;
      this.action = action;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
