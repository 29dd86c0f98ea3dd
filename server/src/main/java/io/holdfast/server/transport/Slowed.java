package io.holdfast.server.transport;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/// The connections that are not read from for a moment, since they publish, and space runs out or a
/// queue fills up.
final class Slowed {
  /// The next to go on first.
  private final PriorityQueue<Entry> entries = new PriorityQueue<>();

  private record Entry(Connection connection, long untilNanos) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      return Long.signum(untilNanos - other.untilNanos);
    }
  }

  void add(Connection connection, long untilNanos) {
    entries.add(new Entry(connection, untilNanos));
  }

  /// Those go on whose time is over. Gives the milliseconds until the next one's is, -1 where there
  /// is none.
  long resume(long nowNanos) {
    while (!entries.isEmpty() && entries.element().untilNanos - nowNanos <= 0) {
      entries.remove().connection.resume(Connection.SLOWED);
    }
    return entries.isEmpty()
        ? -1
        : TimeUnit.NANOSECONDS.toMillis(entries.element().untilNanos - nowNanos) + 1;
  }
}
