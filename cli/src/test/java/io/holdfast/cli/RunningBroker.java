package io.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The program in a process of its own, as its user has it. Ended with the test.
final class RunningBroker implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final List<String> said = new ArrayList<>();

  private RunningBroker(Process process) {
    this.process = process;
    this.output = process.inputReader(UTF_8);
  }

  static RunningBroker start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return new RunningBroker(new ProcessBuilder(command).redirectErrorStream(true).start());
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
