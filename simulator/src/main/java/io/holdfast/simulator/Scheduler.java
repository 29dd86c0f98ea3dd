package io.holdfast.simulator;

import java.util.PriorityQueue;

/// What is going to happen, by virtual time; what is due at the same moment in the order in which
/// it was asked for.
final class Scheduler {
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowNanos;
  private long asked;

  private record Event(long atNanos, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  long nowNanos() {
    return nowNanos;
  }

  /// How many events were ever asked for.
  long asked() {
    return asked;
  }

  void after(long nanos, Runnable action) {
    if (nanos < 0) {
      throw new IllegalArgumentException("nothing happens " + nanos + " ns from now");
    }
    events.add(new Event(nowNanos + nanos, asked++, action));
  }

  /// Lets the next event happen. False where nothing is left to happen.
  boolean step() {
    Event next = events.poll();
    if (next == null) {
      return false;
    }
    nowNanos = next.atNanos;
    next.action.run();
    return true;
  }
}
