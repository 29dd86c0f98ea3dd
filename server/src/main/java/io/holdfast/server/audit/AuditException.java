package io.holdfast.server.audit;

/// Nothing can be said about a data folder.
public final class AuditException extends Exception {
  private static final long serialVersionUID = 1;

  private final String message;
  private final boolean damaged;

  AuditException(String message, boolean damaged, Throwable cause) {
    super(cause);
    this.message = message;
    this.damaged = damaged;
  }

  AuditException(String message) {
    super();
    this.message = message;
    this.damaged = false;
  }

  /// Never absent, unlike that of other exceptions.
  @Override
  public String getMessage() {
    return message;
  }

  /// Whether the log itself is the reason: what was durable cannot be read, or is nothing that a
  /// broker writes.
  public boolean isDamaged() {
    return damaged;
  }
}
