package io.holdfast.cli.prove;

import java.util.Random;

/// Whether a client dies at a moment at which it could.
///
/// @param oneIn of so many moments; 0 for never
record Mishap(int oneIn, Random random) {
  static final Mishap NEVER = new Mishap(0, new Random(0));

  boolean strikes() {
    return oneIn > 0 && random.nextInt(oneIn) == 0;
  }
}
