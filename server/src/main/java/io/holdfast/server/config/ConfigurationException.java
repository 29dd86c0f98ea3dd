package io.holdfast.server.config;

/// The broker cannot start with what it was told. The message is all that an operator needs: where,
/// what, and what is allowed.
public final class ConfigurationException extends Exception {
  private static final long serialVersionUID = 1;

  public ConfigurationException(String message) {
    super(message);
  }
}
