package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The CPU time that a process has used, all its threads together, from Linux's `/proc`.
final class ProcessCpu {
  /// The kernel counts in hundredths of a second towards user space on every machine Java runs on.
  private static final long NANOS_PER_TICK = 10_000_000;

  /// Places behind the command's closing parenthesis: state is the first.
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  private final Path stat;

  ProcessCpu(long pid) {
    this.stat = Path.of("/proc", Long.toString(pid), "stat");
  }

  /// The process that calls.
  static ProcessCpu own() {
    return new ProcessCpu(ProcessHandle.current().pid());
  }

  long nanos() throws BenchException {
    try {
      return nanos(Files.readString(stat));
    } catch (IOException e) {
      throw new BenchException("no CPU time in " + stat + ": does the process run?", e);
    }
  }

  /// Reads a line of `/proc/PID/stat`, whose second field is a command that may hold spaces and
  /// parentheses.
  static long nanos(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]))
        * NANOS_PER_TICK;
  }
}
