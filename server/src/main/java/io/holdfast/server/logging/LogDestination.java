package io.holdfast.server.logging;

import java.nio.file.Path;

/// Where lines go (`log_dest`).
public sealed interface LogDestination {
  record Stdout() implements LogDestination {}

  record Stderr() implements LogDestination {}

  /// Appended to; opened again when it was moved away.
  record ToFile(Path path) implements LogDestination {}
}
