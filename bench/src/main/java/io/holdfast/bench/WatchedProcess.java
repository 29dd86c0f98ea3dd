package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What a process has used so far, from Linux's `/proc`.
final class WatchedProcess {
  /// The kernel counts in hundredths of a second towards user space on every machine Java runs on.
  private static final long NANOS_PER_TICK = 10_000_000;

  /// Places behind the command's closing parenthesis: state is the first.
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  private final Path folder;
  private final Optional<BlockDevice> disk;

  WatchedProcess(long pid) {
    this(pid, Optional.empty());
  }

  /// @param disk that it writes to, and nobody else
  WatchedProcess(long pid, Optional<BlockDevice> disk) {
    this.folder = Path.of("/proc", Long.toString(pid));
    this.disk = disk;
  }

  /// The process that calls.
  static WatchedProcess own() {
    return new WatchedProcess(ProcessHandle.current().pid());
  }

  /// The CPU time of all its threads together.
  long cpuNanos() throws BenchException {
    return cpuNanos(read(folder.resolve("stat")));
  }

  /// The CPU time of the threads whose names start so, of which Linux keeps 15 bytes; of the whole
  /// process if there are none, as of a broker with one thread only.
  long threadCpuNanos(String name) throws BenchException {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(folder.resolve("task"))) {
      long nanos = 0;
      boolean isFound = false;
      for (Path task : threads) {
        if (read(task.resolve("comm")).startsWith(name)) {
          // Exact, where `stat` counts hundredths of a second.
          nanos += Long.parseLong(read(task.resolve("schedstat")).split(" ", -1)[0]);
          isFound = true;
        }
      }
      return isFound ? nanos : cpuNanos();
    } catch (IOException e) {
      throw new BenchException("no threads in " + folder + ": does the process run?", e);
    }
  }

  /// What was written to its disk; 0 where that is not known.
  long writtenBytes() throws BenchException {
    return disk.isPresent() ? disk.get().writtenBytes() : 0;
  }

  /// What it has of the machine's memory now.
  long residentBytes() throws BenchException {
    return value(read(folder.resolve("status")), "VmRSS") * 1024;
  }

  /// Reads a line of `/proc/PID/stat`, whose second field is a command that may hold spaces and
  /// parentheses.
  static long cpuNanos(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]))
        * NANOS_PER_TICK;
  }

  /// Reads one of many lines `name: number unit`.
  static long value(String lines, String name) {
    return lines
        .lines()
        .map(line -> line.split(":\\s*| ", -1))
        .filter(words -> words[0].equals(name))
        .mapToLong(words -> Long.parseLong(words[1]))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no line " + name));
  }

  private static String read(Path file) throws BenchException {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new BenchException(
          "%s cannot be read: does the process run, and as this user?".formatted(file), e);
    }
  }
}
