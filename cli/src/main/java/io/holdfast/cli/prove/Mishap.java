package io.holdfast.cli.prove;

import java.util.Random;

/// Whether a client dies at a moment at which it could.
final class Mishap {
  private final int oneIn;
  private final Random random;
  private volatile boolean isOver;

  /// @param oneIn of so many moments; 0 for never
  Mishap(int oneIn, Random random) {
    this.oneIn = oneIn;
    this.random = random;
  }

  static Mishap never() {
    return new Mishap(0, new Random(0));
  }

  boolean strikes() {
    return oneIn > 0 && !isOver && random.nextInt(oneIn) == 0;
  }

  /// Never again.
  void end() {
    isOver = true;
  }
}
