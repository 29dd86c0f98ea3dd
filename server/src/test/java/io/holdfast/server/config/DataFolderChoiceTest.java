package io.holdfast.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFolderChoiceTest {
  private static final Path HOME = Path.of("/home/ada");

  private static DataFolderChoice choice(
      String system, boolean hasSystemFolder, Map<String, String> environment) {
    return new DataFolderChoice(environment, system, HOME, folder -> hasSystemFolder);
  }

  @Test
  void theCommandLineGoesBeforeTheFileAndTheFileBeforeAllElse() {
    DataFolderChoice choice = choice("Linux", true, Map.of("XDG_STATE_HOME", "/state"));
    Optional<Path> told = Optional.of(Path.of("/told"));
    Optional<Path> configured = Optional.of(Path.of("/configured"));

    assertEquals(Path.of("/told"), choice.choose(told, configured));
    assertEquals(Path.of("/configured"), choice.choose(Optional.empty(), configured));
    assertEquals(Path.of("/var/lib/holdfast"), choice.choose(Optional.empty(), Optional.empty()));
  }

  @Test
  void aRelativeFolderIsTheWorkingDirectorysOnlyWhenTold() {
    assertEquals(
        Path.of("data").toAbsolutePath(),
        choice("Linux", true, Map.of())
            .choose(Optional.of(Path.of("./x/../data")), Optional.empty()));
  }

  @ParameterizedTest(name = "{0}, /var/lib/holdfast {1}, {2} -> {3}")
  @CsvSource({
    "Linux, true, '', /var/lib/holdfast",
    "Linux, true, XDG_STATE_HOME=/state, /var/lib/holdfast",
    "Linux, false, '', /home/ada/.local/state/holdfast",
    "Linux, false, XDG_STATE_HOME=/state, /state/holdfast",
    "Linux, false, XDG_STATE_HOME=, /home/ada/.local/state/holdfast",
    "Linux, false, XDG_STATE_HOME=state, /home/ada/.local/state/holdfast",
    "FreeBSD, false, '', /home/ada/.local/state/holdfast",
    "Mac OS X, true, '', /var/lib/holdfast",
    "Mac OS X, false, '', /home/ada/Library/Application Support/Holdfast",
    "Windows 11, true, LOCALAPPDATA=/local, /local/Holdfast",
    "Windows 11, false, '', /home/ada/AppData/Local/Holdfast",
  })
  void withoutAWordItIsWhereTheSystemKeepsSuchThings(
      String system, boolean hasSystemFolder, String variable, String expected) {
    Map<String, String> environment = new HashMap<>();
    if (!variable.isEmpty()) {
      int equals = variable.indexOf('=');
      environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    assertEquals(
        Path.of(expected),
        choice(system, hasSystemFolder, environment).choose(Optional.empty(), Optional.empty()));
  }
}
