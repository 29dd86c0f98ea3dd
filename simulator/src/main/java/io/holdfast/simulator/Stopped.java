package io.holdfast.simulator;

/// Thrown out of a call of the disk: the process that made it is no more.
final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1;

  Stopped() {
    super("the process is gone", null, false, false);
  }
}
