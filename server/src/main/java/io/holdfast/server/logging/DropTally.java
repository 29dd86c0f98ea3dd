package io.holdfast.server.logging;

import io.holdfast.core.Event;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Adds up dropped messages, so that a flood of them is a line a minute for each client and reason
/// and not a line a message. The first one is said at once.
final class DropTally {
  static final long QUIET_MILLIS = 60_000;

  /// Clients that are told apart at once; the others share a line.
  static final int CLIENTS_MAX = 1_000;

  private static final String OTHERS = "other clients";

  private final Map<Cause, Tally> tallies = new LinkedHashMap<>();

  private record Cause(String clientId, Event.Reason reason) {}

  private static final class Tally {
    private long count;
    private long saidMillis;
  }

  /// Messages that are to be told of now.
  record Sum(String clientId, Event.Reason reason, long count) {}

  Optional<Sum> add(Event.Dropped dropped, long nowMillis) {
    Cause cause = new Cause(dropped.clientId(), dropped.reason());
    if (tallies.size() >= CLIENTS_MAX && !tallies.containsKey(cause)) {
      cause = new Cause(OTHERS, dropped.reason());
    }
    Tally tally = tallies.get(cause);
    boolean isFirst = tally == null;
    if (tally == null) {
      tally = new Tally();
      tallies.put(cause, tally);
    }
    tally.count += dropped.count();
    return isFirst || isDue(tally, nowMillis)
        ? Optional.of(taken(cause, tally, nowMillis))
        : Optional.empty();
  }

  /// Those that nothing was added to since, and have waited long enough.
  List<Sum> due(long nowMillis) {
    List<Sum> sums = new ArrayList<>();
    for (Iterator<Map.Entry<Cause, Tally>> i = tallies.entrySet().iterator(); i.hasNext(); ) {
      Map.Entry<Cause, Tally> entry = i.next();
      Tally tally = entry.getValue();
      if (isDue(tally, nowMillis)) {
        if (tally.count > 0) {
          sums.add(taken(entry.getKey(), tally, nowMillis));
        } else {
          i.remove();
        }
      }
    }
    return sums;
  }

  /// All that was not told of yet.
  List<Sum> rest() {
    return due(Long.MAX_VALUE);
  }

  private static boolean isDue(Tally tally, long nowMillis) {
    return nowMillis - tally.saidMillis >= QUIET_MILLIS || nowMillis < tally.saidMillis;
  }

  private static Sum taken(Cause cause, Tally tally, long nowMillis) {
    Sum sum = new Sum(cause.clientId(), cause.reason(), tally.count);
    tally.count = 0;
    tally.saidMillis = nowMillis;
    return sum;
  }
}
