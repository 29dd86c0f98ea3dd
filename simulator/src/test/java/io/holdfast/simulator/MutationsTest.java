package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The deliberate breakages of `simulator/mutations`, which are run by hand: the sources may not
/// move away from under them unseen.
class MutationsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  static List<Path> patches() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("simulator/mutations"))) {
      return files.filter(file -> file.toString().endsWith(".patch")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("patches")
  void everyBreakageStillFitsTheSources(Path patch) throws IOException {
    String source = "";
    List<String> wanted = new ArrayList<>();
    int hunks = 0;
    for (String line : Files.readAllLines(patch)) {
      if (line.startsWith("--- a/")) {
        fits(source, wanted);
        source = Files.readString(ROOT.resolve(line.substring("--- a/".length())));
      } else if (line.startsWith("@@")) {
        fits(source, wanted);
        hunks++;
      } else if (hunks > 0 && (line.startsWith(" ") || line.startsWith("-"))) {
        wanted.add(line.substring(1));
      }
    }
    assertTrue(hunks > 0, "it changes something");
    fits(source, wanted);
  }

  private static void fits(String source, List<String> wanted) {
    assertTrue(
        source.contains(String.join("\n", wanted)),
        () -> "no longer in the sources: " + String.join("\n", wanted));
    wanted.clear();
  }
}
