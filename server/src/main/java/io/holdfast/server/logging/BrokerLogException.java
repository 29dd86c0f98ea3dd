package io.holdfast.server.logging;

import java.io.IOException;
import java.nio.file.Path;

/// The log's file cannot be written to at start. Later failures stop nothing.
public final class BrokerLogException extends Exception {
  private static final long serialVersionUID = 1;

  private final String message;

  BrokerLogException(Path file, IOException cause) {
    super(cause);
    this.message =
        "The log file %s cannot be opened for writing: %s.".formatted(file, Outlet.why(cause));
  }

  /// Never absent, unlike that of other exceptions.
  @Override
  public String getMessage() {
    return message;
  }
}
