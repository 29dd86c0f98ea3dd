package io.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Other people's programs against this broker, by the scripts in `interop/`. `why` runs the
/// examples too, each of the three.
///
/// Slow: the scripts start hundreds of processes, some of which wait for seconds to pass, and kill
/// and start brokers.
@Tag("slow")
class InteropTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final int SKIPPED = 77;
  private static final int UNWINDING_SECONDS = 10;

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource({"why, 240", "mosquitto-clients, 240"})
  void theScriptPasses(String name, int secondsMax) throws Exception {
    assumeTrue(isInstalled("python3"), "python3 is not installed");
    Path said = folder.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder("python3", ROOT.resolve("interop").resolve(name).toString());
    builder.environment().put("HOLDFAST_COMMAND", thisBuild());
    builder.redirectErrorStream(true).redirectOutput(said.toFile());
    Process script = builder.start();
    try {
      boolean hasEnded = script.waitFor(secondsMax, TimeUnit.SECONDS);
      String text = Files.readString(said);
      assertTrue(hasEnded, () -> name + " did not end, and said:\n" + text);
      assumeFalse(script.exitValue() == SKIPPED, text.strip());
      assertEquals(0, script.exitValue(), () -> name + " said:\n" + text);
    } finally {
      // Told so, it ends the broker and the clients that it has started.
      script.destroy();
      if (!script.waitFor(UNWINDING_SECONDS, TimeUnit.SECONDS)) {
        script.destroyForcibly();
      }
    }
  }

  private static boolean isInstalled(String program) throws InterruptedException {
    try {
      return new ProcessBuilder(program, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /// What is being tested, and not what the launcher has built at some time.
  private static String thisBuild() {
    return RunningBroker.command(System.getProperty("java.class.path")).stream()
        .map(word -> "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }
}
