package io.holdfast.core;

/// The broker's time: milliseconds since 1970 that never go back, whatever happens to the wall
/// clock.
///
/// The wall clock is looked at once, at the start: a machine without a battery for it boots in the
/// past, and one whose clock is far off must not end every session at once.
public final class BrokerClock {
  /// How far a start may take the time beyond what was recorded last.
  public static final long FORWARD_MILLIS_MAX = 30L * 24 * 3600 * 1000;

  /// The latest time that a start believes, the end of the year 9999: whatever is added to it stays
  /// a number.
  static final long MILLIS_MAX = 253_402_300_799_999L;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long baseMillis;
  private final long startNanos;

  public BrokerClock(long baseMillis, long startNanos) {
    this.baseMillis = baseMillis;
    this.startNanos = startNanos;
  }

  /// When a start takes place, by the wall clock and the latest time that was recorded, 0 for none.
  public static long baseMillis(long recordedMillis, long wallMillis) {
    long wall = Math.clamp(wallMillis, 0, MILLIS_MAX);
    return recordedMillis == 0
        ? wall
        : Math.clamp(wall, recordedMillis, recordedMillis + FORWARD_MILLIS_MAX);
  }

  public long millisAt(long nanos) {
    return baseMillis + (nanos - startNanos) / NANOS_PER_MILLI;
  }
}
