package io.holdfast.core;

/// What must hold, checked in production too: it stops the broker before it can acknowledge
/// something false.
public final class Invariant {
  private Invariant() {}

  /// Throws an `IllegalStateException` naming `mustHold` unless `condition` is true.
  public static void check(boolean condition, String mustHold) {
    if (!condition) {
      throw new IllegalStateException("broken invariant: " + mustHold);
    }
  }
}
