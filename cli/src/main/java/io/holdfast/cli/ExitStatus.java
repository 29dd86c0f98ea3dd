package io.holdfast.cli;

/// With what the process ends. 3, for a log that failed while the broker ran, and 4, for a broker
/// that is broken itself, come from `Holdfast.awaitStop`.
final class ExitStatus {
  static final int OK = 0;
  static final int CANNOT_START = 1;
  static final int USAGE = 2;

  /// Of `prove`.
  static final int TRIAL_NOT_RUN = 3;

  /// Of `log audit`.
  static final int DOES_NOT_HOLD = 1;

  static final int NOT_AUDITED = 3;
  static final int DAMAGED = 4;

  private ExitStatus() {}
}
