package io.holdfast.bench;

/// How many messages may have been sent by now.
///
/// @param perSecond infinite for a publisher that only its window holds back
record Pace(double perSecond, long startNanos) {
  /// Often enough that what is sent at once stays small.
  static final int TICK_MILLIS = 1;

  static final Pace UNLIMITED = new Pace(Double.POSITIVE_INFINITY, 0);

  boolean isUnlimited() {
    return Double.isInfinite(perSecond);
  }

  long allowed(long nowNanos) {
    return isUnlimited() ? Long.MAX_VALUE : (long) ((nowNanos - startNanos) * perSecond / 1e9);
  }
}
