package io.holdfast.core;

import java.util.PriorityQueue;

/// What is to be looked at when. A timer cannot be taken back: its action checks whether it still
/// applies.
final class Timers {
  private final PriorityQueue<Timer> waiting = new PriorityQueue<>();
  private long nextOrder;

  void at(long millis, Runnable action) {
    waiting.add(new Timer(millis, nextOrder++, action));
  }

  /// Runs what is due, in the order of time, and of making for equal times.
  void runUntil(long nowMillis) {
    while (!waiting.isEmpty() && waiting.peek().atMillis() <= nowMillis) {
      waiting.remove().action().run();
    }
  }

  private record Timer(long atMillis, long order, Runnable action) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
