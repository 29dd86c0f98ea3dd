package io.holdfast.cli.prove.disk;

import java.io.IOException;

/// One of the system's commands did not do what it was asked for.
public final class CommandFailedException extends IOException {
  private static final long serialVersionUID = 1;

  CommandFailedException(String message) {
    super(message);
  }
}
