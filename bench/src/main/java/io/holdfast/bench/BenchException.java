package io.holdfast.bench;

/// A measurement that could not be finished: no connection, a refusal, a broken packet. Its message
/// is meant for whoever started the tool.
final class BenchException extends Exception {
  private static final long serialVersionUID = 1L;

  BenchException(String message) {
    super(message);
  }

  BenchException(String message, Throwable cause) {
    super(message, cause);
  }
}
