package io.holdfast.cli;

/// The broker cannot run as the user that it was told. The message is one line that says why.
final class RunningUserException extends Exception {
  private static final long serialVersionUID = 1;

  private final String message;

  RunningUserException(String user, String why) {
    super();
    this.message = "user " + user + ": " + why;
  }

  /// Never absent, unlike that of other exceptions.
  @Override
  public String getMessage() {
    return message;
  }
}
