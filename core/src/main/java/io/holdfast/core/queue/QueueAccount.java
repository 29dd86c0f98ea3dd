package io.holdfast.core.queue;

import java.util.LinkedHashMap;
import java.util.Map;

/// How many entries a queue has taken, and what became of them (promise P9).
///
/// The law: what it accepted is what was handled, what waits, and what left for another reason.
/// Each is counted where it happens and none follows from the others, so a law that holds says that
/// nothing went missing.
///
/// @param waiting in flight included, and what waits behind a cursor
/// @param returned to the shared queue that they came from
/// @param displaced by newer ones, since the queue was at its limit
/// @param full never accepted, since the queue was at its limit: no part of the law
public record QueueAccount(
    long accepted,
    long handled,
    long waiting,
    long expired,
    long tooLarge,
    long refused,
    long sessionEnded,
    long returned,
    long displaced,
    long full) {

  /// How many entries are gone without a reason; fewer than 0 where some came from nowhere.
  public long missing() {
    return accepted
        - handled
        - waiting
        - expired
        - tooLarge
        - refused
        - sessionEnded
        - returned
        - displaced;
  }

  /// All counts by name, those of the law first and in its order.
  public Map<String, Long> counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("accepted", accepted);
    counts.put("handled", handled);
    counts.put("waiting", waiting);
    counts.put("expired", expired);
    counts.put("too large", tooLarge);
    counts.put("refused", refused);
    counts.put("session ended", sessionEnded);
    counts.put("returned", returned);
    counts.put("displaced", displaced);
    counts.put("full", full);
    return counts;
  }
}
