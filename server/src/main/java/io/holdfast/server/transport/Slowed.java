package io.holdfast.server.transport;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/// The connections that are not read from for a moment, since they publish and space runs out.
final class Slowed {
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  private record Entry(Connection connection, long untilNanos) {}

  void add(Connection connection, long untilNanos) {
    entries.addLast(new Entry(connection, untilNanos));
  }

  /// Those go on whose time is over. Gives the milliseconds until the next one's is, -1 where there
  /// is none.
  long resume(long nowNanos) {
    while (!entries.isEmpty() && entries.getFirst().untilNanos - nowNanos <= 0) {
      entries.removeFirst().connection.resume(Connection.SLOWED);
    }
    return entries.isEmpty()
        ? -1
        : TimeUnit.NANOSECONDS.toMillis(entries.getFirst().untilNanos - nowNanos) + 1;
  }
}
