package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The CPU time that the whole machine has used, from Linux's `/proc/stat`: what neither the broker
/// nor the generator used of it disturbed the measurement.
final class MachineCpu {
  private static final Path STAT = Path.of("/proc/stat");
  private static final long NANOS_PER_TICK = 10_000_000;

  /// Places of the line `cpu user nice system idle iowait irq softirq steal guest guest_nice`. The
  /// guests' time is part of the user's; time stolen by other machines counts as used.
  private static final int USER = 1;

  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;
  private static final int STEAL = 8;

  private MachineCpu() {}

  static long nanos() throws BenchException {
    try {
      return nanos(Files.readString(STAT));
    } catch (IOException e) {
      throw new BenchException("no CPU time in " + STAT, e);
    }
  }

  /// Reads the first line of `/proc/stat`, which sums up all cores.
  static long nanos(String stat) {
    String[] fields = stat.lines().findFirst().orElseThrow().split(" +", -1);
    long ticks = 0;
    for (int i = USER; i <= STEAL; i++) {
      if (i != IDLE && i != IO_WAIT) {
        ticks += Long.parseLong(fields[i]);
      }
    }
    return ticks * NANOS_PER_TICK;
  }
}
