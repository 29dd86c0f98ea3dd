package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every file under `src/test/scenarios` is a story with the broker: commands, `----`, and
/// everything that the core answered; blocks end with an empty line, `#` starts a comment.
///
/// `mvn test -Dscenarios=write` writes down what the core answers now. Review the difference line
/// by line.
class ScenarioTest {
  private static final Path FOLDER = Path.of("src/test/scenarios");
  private static final boolean WRITES = "write".equals(System.getProperty("scenarios"));

  @TestFactory
  Stream<DynamicTest> everyScenarioIsAnsweredAsWritten() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(FOLDER)) {
      files = found.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
    }
    return files.stream()
        .map(file ->
            DynamicTest.dynamicTest(
                FOLDER.relativize(file).toString().replace(".txt", ""),
                file.toUri(),
                () -> run(file)));
  }

  private static void run(Path file) throws IOException {
    String expected = Files.readString(file);
    String actual = answered(expected);
    if (WRITES && !actual.equals(expected)) {
      Files.writeString(file, actual);
    } else {
      assertEquals(expected, actual);
    }
  }

  /// The text of a scenario with what the core answers today.
  private static String answered(String text) {
    Scenario scenario = new Scenario();
    List<String> lines = new ArrayList<>();
    List<String> commands = new ArrayList<>();
    boolean inAnswer = false;
    for (String line : text.lines().toList()) {
      if (inAnswer) {
        if (line.isEmpty()) {
          lines.add(line);
          inAnswer = false;
        }
      } else if (line.equals("----")) {
        lines.add(line);
        lines.addAll(scenario.run(commands));
        commands.clear();
        inAnswer = true;
      } else {
        lines.add(line);
        if (!line.isEmpty() && !line.startsWith("#")) {
          commands.add(line);
        }
      }
    }
    if (!commands.isEmpty()) {
      throw new IllegalArgumentException("commands without a ---- behind them: " + commands);
    }
    return String.join("\n", lines) + "\n";
  }
}
