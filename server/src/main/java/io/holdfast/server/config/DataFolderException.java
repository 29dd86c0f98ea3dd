package io.holdfast.server.config;

import java.nio.file.Path;

/// The data folder cannot be had: somebody else has it, or the file system does not give it.
public final class DataFolderException extends Exception {
  private static final long serialVersionUID = 1;

  private final String message;

  DataFolderException(Path folder, String why) {
    super();
    this.message = "The data folder " + folder + " " + why;
  }

  /// Never absent, unlike that of other exceptions.
  @Override
  public String getMessage() {
    return message;
  }
}
