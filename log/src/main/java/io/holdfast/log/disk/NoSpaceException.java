package io.holdfast.log.disk;

import java.io.IOException;

/// The disk, or what of it is granted to this user, is full.
public final class NoSpaceException extends IOException {
  private static final long serialVersionUID = 1;

  public NoSpaceException(String message) {
    super(message);
  }

  public NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }
}
