package io.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The program in a process of its own, as its user has it. Ended with the test, or when that has
/// waited for too long: reading what another process says cannot be interrupted.
final class RunningBroker implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 100;

  private final Process process;
  private final BufferedReader output;
  private final List<String> said = new ArrayList<>();

  private RunningBroker(Process process) {
    this.process = process;
    this.output = process.inputReader(UTF_8);
    CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
  }

  static RunningBroker start(String... arguments) throws IOException {
    return run(command(System.getProperty("java.class.path")), arguments);
  }

  /// What starts the program from `classPath`, but for its arguments.
  static List<String> command(String classPath) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        classPath,
        Main.class.getName());
  }

  static RunningBroker run(List<String> command, String... arguments) throws IOException {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(arguments));
    return new RunningBroker(new ProcessBuilder(whole).redirectErrorStream(true).start());
  }

  /// Waits until a line with `words` was said.
  ///
  /// @return that line
  String awaitLine(String words) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.add(line);
      if (line.contains(words)) {
        return line;
      }
    }
    throw new AssertionError("never said '%s', but %s".formatted(words, said));
  }

  /// All that was said until the process ended.
  List<String> awaitEnd() throws IOException {
    output.lines().forEach(said::add);
    return said;
  }

  /// What a shell without job control starts in the background ignores INT, and so does all that it
  /// starts (POSIX, Shell Command Language, section 2.11).
  static void assumeHeeded(String signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (signal.equals("INT") && Files.exists(status)) {
      boolean isIgnored =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
      assumeFalse(isIgnored, "INT is ignored here, as in what a script starts in the background");
    }
  }

  int status() throws InterruptedException {
    return process.waitFor();
  }

  long pid() {
    return process.pid();
  }

  /// What `kill` does.
  void terminate() {
    process.destroy();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
