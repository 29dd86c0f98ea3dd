package io.holdfast.server.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Where the data lie when several places could have them. Never the working directory, unless it
/// was named.
///
/// @param environment the process's variables
/// @param osName Java's name for the system
/// @param userHome the home folder of whom the process runs as
/// @param isWritableFolder whether a folder is there and may be written to
public record DataFolderChoice(
    Map<String, String> environment,
    String osName,
    Path userHome,
    Predicate<Path> isWritableFolder) {
  private static final Path SYSTEM_FOLDER = Path.of("/var/lib/holdfast");

  /// @param told on the command line (`--data`)
  /// @param configured in the file (`persistence_location`)
  public Path choose(Optional<Path> told, Optional<Path> configured) {
    return told.or(() -> configured).orElseGet(this::ofThisMachine).toAbsolutePath().normalize();
  }

  private Path ofThisMachine() {
    String system = osName.toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      return variable("LOCALAPPDATA")
          .orElseGet(() -> userHome.resolve("AppData").resolve("Local"))
          .resolve("Holdfast");
    }
    if (isWritableFolder.test(SYSTEM_FOLDER)) {
      return SYSTEM_FOLDER;
    }
    if (system.startsWith("mac")) {
      return userHome.resolve("Library").resolve("Application Support").resolve("Holdfast");
    }
    return variable("XDG_STATE_HOME")
        .orElseGet(() -> userHome.resolve(".local").resolve("state"))
        .resolve("holdfast");
  }

  /// A relative path there is invalid by the XDG specification, and would lead to the working
  /// directory.
  private Optional<Path> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .filter(value -> !value.isEmpty())
        .map(Path::of)
        .filter(Path::isAbsolute);
  }
}
