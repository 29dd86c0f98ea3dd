package io.holdfast.simulator.workload;

import io.holdfast.core.queue.QueueAccount;
import java.util.Map;
import java.util.random.RandomGenerator;

/// What a simulated client can do and ask. All that is random and all that takes time comes from
/// here, so that a seed tells the same story twice.
public interface World {
  /// Time since the world began, in nanoseconds: what a client's own clock would show.
  long nowNanos();

  /// The one source of randomness. Drawn from in the order of events.
  RandomGenerator random();

  /// Runs `event` in `nanos`, after the events that are due before.
  void after(long nanos, Runnable event);

  /// Opens a connection to the broker. It may be refused or take long; `caller` is told, never
  /// before this call returned.
  ClientEnd dial(Caller caller);

  /// Whether faults may still happen. Once they may not, everything that is owed has to arrive.
  boolean isFaulty();

  /// Whether the broker's disk may be full, or was until a moment ago: then it may refuse.
  default boolean mayLackSpace() {
    return mayHaveLackedSpaceSince(nowNanos());
  }

  /// Whether it may be, or was at some time from a moment before `nanos` on.
  boolean mayHaveLackedSpaceSince(long nanos);

  /// Something happened that a seed shall be able to show: counted, see `Reached`.
  void reached(Reached what);

  /// How often the broker died so far: what it may forget by dying it must not forget otherwise.
  int crashes();

  /// How far the broker's time can have come, in milliseconds: as far as `nowNanos`, plus all by
  /// which its starts moved it further than time went by. Never goes back.
  long latestMillis();

  /// What the broker says that its durable queues account for, by `session CLIENT` or `shared
  /// FILTER`. Empty while it is not there.
  Map<String, QueueAccount> accounts();

  /// Whether somebody wants to read this seed's story. Lines are built only then.
  boolean isTraced();

  /// A line of the story, kept for the trace of this seed.
  void trace(String line);

  /// A promise was broken: ends the simulation with `what` and the promise's name, such as `P1`.
  AssertionError violation(String promise, String what);
}
