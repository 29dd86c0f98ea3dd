package io.holdfast.log;

/// What must hold, or we are wrong: always on.
final class Invariant {
  private Invariant() {}

  static void check(boolean condition, String whatMustHold) {
    if (!condition) {
      throw new IllegalStateException("broken invariant: " + whatMustHold);
    }
  }
}
