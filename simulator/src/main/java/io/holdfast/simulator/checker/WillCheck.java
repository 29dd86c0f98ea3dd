package io.holdfast.simulator.checker;

import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;
import java.util.Optional;

/// Wills: published once at most, surely when they are due, and not where the client said goodbye.
///
/// That one does not come twice is seen by `ExactlyOnceCheck`, since the broker sends it once; that
/// one which was due comes by `PublishedCheck`.
final class WillCheck {
  private final World world;

  WillCheck(World world) {
    this.world = world;
  }

  /// How a connection ended, as its client knows.
  enum Parting {
    /// It sent DISCONNECT; nobody knows whether that arrived.
    GOODBYE,
    /// It sent DISCONNECT, and asked for its will.
    WITH_WILL,
    LOST
  }

  /// A will that was given with a CONNECT which the broker accepted.
  ///
  /// @param crashesBefore how often the broker had died when that was sent
  /// @param sinceNanos when that was answered
  /// @param isSafe whether nothing could go wrong any more when that was answered
  record Armed(
      Message will, long delaySeconds, int crashesBefore, long sinceNanos, boolean isSafe) {}

  /// The client is connected anew, or its session is over.
  ///
  /// @param sessionEnded whether its session ended with the connection, or is ended by this one
  void settle(Armed armed, Parting parting, boolean sessionEnded, Ledger ledger) {
    boolean waited = armed.delaySeconds() > 0 && !sessionEnded;
    // After a restart a will waits for its client to come back, whatever its delay.
    boolean waitedForRestart = world.crashes() != armed.crashesBefore();
    boolean waitedForSpace = world.mayHaveLackedSpaceSince(armed.sinceNanos());
    if (parting != Parting.GOODBYE && !waited && !waitedForRestart && !waitedForSpace) {
      ledger.willDue(armed.will());
    }
  }

  void arrived(Arrival arrival) {
    Message message = arrival.message();
    if (message.isWill()) {
      world.reached(Reached.WILL_RECEIVED);
      if (world.crashes() != message.crashesBefore) {
        world.reached(Reached.WILL_RECEIVED_AFTER_CRASH);
      }
    }
  }

  /// The client said goodbye when nothing could go wrong, so its will is not wanted any more.
  void goodbye(Optional<Armed> armed, Ledger ledger) {
    armed.filter(Armed::isSafe).ifPresent(safe -> ledger.forbid(safe.will()));
  }
}
