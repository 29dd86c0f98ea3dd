package io.holdfast.server.logging;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.function.Consumer;

/// One destination of lines, and whether it takes any. Used by the log's thread alone.
///
/// A destination that fails is tried again with every batch; that it failed is said once, and how
/// many lines it missed when it works again.
final class Outlet {
  /// Where bytes go.
  interface Target extends Closeable {
    void write(byte[] bytes) throws IOException;

    @Override
    default void close() throws IOException {}
  }

  private final String name;
  private final Target target;
  private final Consumer<String> lastResort;
  private boolean isFailing;
  private long missed;

  /// @param name as an operator knows it
  /// @param lastResort takes the one line about a failure
  Outlet(String name, Target target, Consumer<String> lastResort) {
    this.name = name;
    this.target = target;
    this.lastResort = lastResort;
  }

  /// @param lineCount how many lines `bytes` hold
  /// @return how many lines were missed before these, to be said in the log
  long write(byte[] bytes, int lineCount) {
    try {
      target.write(bytes);
    } catch (IOException e) {
      missed += lineCount;
      if (!isFailing) {
        isFailing = true;
        lastResort.accept(
            "Holdfast cannot write its log to %s: %s. It goes on without.".formatted(name, why(e)));
      }
      return 0;
    }
    long before = missed;
    isFailing = false;
    missed = 0;
    return before;
  }

  /// Nothing can be said any more where this fails.
  void close() {
    try {
      target.close();
    } catch (IOException e) {
      lastResort.accept("Holdfast's log on %s did not close: %s.".formatted(name, why(e)));
    }
  }

  static String why(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "this user may not";
      case NoSuchFileException missing -> "there is no such folder";
      case FileSystemException failed ->
          Objects.requireNonNullElse(failed.getReason(), "it failed");
      default -> Objects.requireNonNullElse(e.getMessage(), "it failed");
    };
  }
}
