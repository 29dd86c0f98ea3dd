package io.holdfast.server;

/// Sees that the loop stood still, and how the time goes on after that.
///
/// A process is stopped and goes on, a virtual machine is moved, a machine is overloaded. What
/// clients said meanwhile waits in their sockets, so their silence is not their own, and a keep
/// alive must not run out on it. The time goes on in steps that are shorter than the shortest keep
/// alive allows, and after each one every connection counts as heard.
final class Standstill {
  /// The loop looks at the time at least once a second.
  static final long NOTICED_MILLIS = 1250;

  /// The shortest keep alive runs out after 1500.
  static final long STEP_MILLIS = 1000;

  /// Clients do not wait for longer than that.
  static final long FORGIVEN_MILLIS = 600_000;

  private long toldMillis;

  Standstill(long nowMillis) {
    this.toldMillis = nowMillis;
  }

  /// Gives the time that is to be told next: `nowMillis`, or less, where the connections are to be
  /// heard after it and this is to be asked again.
  long next(long nowMillis) {
    long missed = nowMillis - toldMillis;
    toldMillis =
        missed > NOTICED_MILLIS && missed <= FORGIVEN_MILLIS ? toldMillis + STEP_MILLIS : nowMillis;
    return toldMillis;
  }
}
