package io.holdfast.simulator;

/// A promise was broken. Ends the simulation.
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  private final String promise;

  Violation(String promise, String what) {
    super(promise + ": " + what);
    this.promise = promise;
  }

  Violation(String promise, String what, Throwable cause) {
    super(promise + ": " + what, cause);
    this.promise = promise;
  }

  /// Such as `P1`.
  String promise() {
    return promise;
  }
}
