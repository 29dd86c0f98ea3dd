package io.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tells other programs the number of this process (`pid_file`), as long as it runs.
final class PidFile {
  private final Path path;

  private PidFile(Path path) {
    this.path = path;
  }

  static PidFile write(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null && !Files.exists(folder)) {
      Files.createDirectories(folder);
    }
    Files.writeString(path, ProcessHandle.current().pid() + "\n");
    return new PidFile(path);
  }

  /// It is of no use any more, but no reason for a bad end either: the next start writes over it.
  void remove(Console console) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      console.complain("The pid file %s cannot be removed: %s".formatted(path, e));
    }
  }
}
