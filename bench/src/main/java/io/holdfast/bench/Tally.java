package io.holdfast.bench;

import org.HdrHistogram.Histogram;

/// Counts and latencies of the measured time. What happens before it starts or after it stops is
/// let pass uncounted.
final class Tally {
  private static final long LATENCY_NANOS_MAX = 120_000_000_000L;

  private final Histogram acknowledged = histogram();
  private final Histogram delivered = histogram();
  private boolean isMeasuring;

  void start() {
    isMeasuring = true;
  }

  void stop() {
    isMeasuring = false;
  }

  void acknowledged(long latencyNanos) {
    if (isMeasuring) {
      acknowledged.recordValue(Math.min(latencyNanos, LATENCY_NANOS_MAX));
    }
  }

  void delivered(long latencyNanos) {
    if (isMeasuring) {
      delivered.recordValue(Math.min(latencyNanos, LATENCY_NANOS_MAX));
    }
  }

  /// From sending to PUBACK.
  Histogram acknowledged() {
    return acknowledged;
  }

  /// From sending to the subscriber.
  Histogram delivered() {
    return delivered;
  }

  private static Histogram histogram() {
    return new Histogram(100, LATENCY_NANOS_MAX, 3);
  }
}
