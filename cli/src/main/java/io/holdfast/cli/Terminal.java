package io.holdfast.cli;

import java.io.IOException;

/// Whether somebody looks.
final class Terminal {
  private Terminal() {}

  /// Java does not tell it for a single stream, and the C library only where it may be called.
  /// POSIX has a program for the question.
  static boolean isStandardError() throws InterruptedException {
    try {
      return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      // Not a POSIX system: plain lines are readable everywhere.
      return false;
    }
  }
}
