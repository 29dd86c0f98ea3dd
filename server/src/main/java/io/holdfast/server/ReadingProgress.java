package io.holdfast.server;

import io.holdfast.core.Event;
import java.util.function.LongSupplier;

/// Says that the log is read at a start, and once a second how far that is: with a long log it
/// takes a while, and whoever waits wants to know for what.
final class ReadingProgress {
  private static final long NANOS_BETWEEN = 1_000_000_000;
  private static final long MIB = 1 << 20;

  private final Watcher watcher;
  private final LongSupplier nanos;
  private boolean begun;
  private long saidNanos;

  /// @param nanos a clock that only goes forward
  ReadingProgress(Watcher watcher, LongSupplier nanos) {
    this.watcher = watcher;
    this.nanos = nanos;
  }

  /// There is something to read.
  void begin() {
    if (!begun) {
      begun = true;
      saidNanos = nanos.getAsLong();
      watcher.observe(new Event.Notice("Reading the log."));
    }
  }

  void at(long bytes, long ofBytes) {
    long now = nanos.getAsLong();
    if (begun && now - saidNanos >= NANOS_BETWEEN && bytes < ofBytes) {
      saidNanos = now;
      watcher.observe(
          new Event.Notice("Reading the log: %d of %d MiB.".formatted(bytes / MIB, ofBytes / MIB)));
    }
  }
}
