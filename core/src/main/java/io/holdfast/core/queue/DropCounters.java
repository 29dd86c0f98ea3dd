package io.holdfast.core.queue;

import io.holdfast.core.Event;
import io.holdfast.core.record.LogRecord.DropReason;

/// The places of a queue's counters of messages that left it otherwise than by being handled
/// (promise P3), and of those that it never took. Part of the snapshot's format: places are added
/// at the end only.
public final class DropCounters {
  public static final int EXPIRED = 0;
  public static final int TOO_LARGE = 1;
  public static final int REFUSED = 2;
  public static final int SESSION_ENDED = 3;

  /// The queue was at its limit, and the message did not become an entry: no part of the law.
  public static final int FULL = 4;

  /// Back to the shared queue that the entry came from, where it waits for another member.
  public static final int RETURNED = 5;

  public static final int DISPLACED = 6;

  public static final int COUNT = 7;

  private DropCounters() {}

  public static int of(DropReason reason) {
    return switch (reason) {
      case EXPIRED -> EXPIRED;
      case TOO_LARGE -> TOO_LARGE;
      case REFUSED -> REFUSED;
      case SESSION_ENDED -> SESSION_ENDED;
      case DISPLACED -> DISPLACED;
    };
  }

  /// What an operator is told.
  public static Event.Reason eventOf(DropReason reason) {
    return switch (reason) {
      case EXPIRED -> Event.Reason.EXPIRED;
      case TOO_LARGE -> Event.Reason.TOO_LARGE;
      case REFUSED -> Event.Reason.REFUSED;
      case SESSION_ENDED -> Event.Reason.SESSION_ENDED;
      case DISPLACED -> Event.Reason.DISPLACED;
    };
  }
}
