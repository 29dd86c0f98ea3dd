package io.holdfast.server.transport;

/// A listener's address cannot be had. The message says which, and why, in one line.
public final class BindException extends Exception {
  private static final long serialVersionUID = 1;

  BindException(String message, Throwable cause) {
    super(message, cause);
  }
}
