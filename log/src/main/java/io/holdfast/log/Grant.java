package io.holdfast.log;

/// What the log says to one more record of those that can be refused.
public enum Grant {
  /// It may be appended now.
  GRANTED,
  /// Not now: space is being made ready. `LogListener.room` tells when to ask again.
  LATER,
  /// There is no space for it, and nobody knows when there will be. What it would leave is for what
  /// must not be refused.
  REFUSED
}
