package io.holdfast.server.config;

/// The broker cannot start with what it was told. The message is all that an operator needs: where,
/// what, and what is allowed.
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1;

  private final String message;

  public ConfigurationException(String message) {
    super(message);
    this.message = message;
  }

  /// Never absent, unlike that of other exceptions.
  @Override
  public String getMessage() {
    return message;
  }
}
