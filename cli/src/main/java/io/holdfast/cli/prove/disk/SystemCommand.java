package io.holdfast.cli.prove.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Runs one of the system's commands to its end. What it said is kept for the message when it
/// fails.
final class SystemCommand {
  private static final int PATIENCE_SECONDS = 60;

  private final List<String> line = new ArrayList<>();

  private SystemCommand(Path program) {
    line.add(program.toString());
  }

  /// Where the command is. Root's own folders are searched too: not every root has them in its
  /// path.
  static Optional<Path> find(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(
            Pattern.compile(Pattern.quote(File.pathSeparator)).splitAsStream(path),
            Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Runs a program with its arguments, and expects status 0.
  static void run(Object... words) throws IOException {
    runUpTo(0, words);
  }

  /// Runs a program with its arguments, and expects a status up to `worst`.
  static void runUpTo(int worst, Object... words) throws IOException {
    String name = words[0].toString();
    SystemCommand command =
        new SystemCommand(
            find(name).orElseThrow(() -> new CommandFailedException(name + " is not installed")));
    Stream.of(words).skip(1).map(Object::toString).forEach(command.line::add);
    command.run(worst);
  }

  private void run(int worst) throws IOException {
    Path said = Files.createTempFile("holdfast-prove", ".said");
    try {
      Process process =
          new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile()).start();
      process.getOutputStream().close();
      if (!ends(process)) {
        process.destroyForcibly();
        throw new CommandFailedException(
            "`%s` does not end; it said: %s".formatted(this, read(said)));
      }
      if (process.exitValue() > worst) {
        throw new CommandFailedException(
            "`%s` ended with status %d: %s".formatted(this, process.exitValue(), read(said)));
      }
    } finally {
      Files.deleteIfExists(said);
    }
  }

  /// Whoever interrupts has to wait: a command that is given up half-way leaves behind what nobody
  /// knows of.
  private static boolean ends(Process process) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String read(Path said) throws IOException {
    String text = new String(Files.readAllBytes(said), UTF_8).strip();
    return text.isEmpty() ? "(nothing)" : text;
  }

  @Override
  public String toString() {
    return String.join(" ", line);
  }
}
