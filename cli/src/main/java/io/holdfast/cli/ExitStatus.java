package io.holdfast.cli;

/// With what the process ends. 3, for a store that failed while the broker ran, comes from the
/// broker itself.
final class ExitStatus {
  static final int OK = 0;
  static final int CANNOT_START = 1;
  static final int USAGE = 2;

  private ExitStatus() {}
}
