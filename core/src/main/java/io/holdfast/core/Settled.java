package io.holdfast.core;

import io.holdfast.log.Log;

/// Up to where records keep their positions, whatever happens.
///
/// Recovery trusts what a batch on disk says to be durable, and writes anew, at new positions, what
/// lies behind. So a record is settled not when it is durable but when a batch that was sealed
/// after that is durable too.
final class Settled {
  private final Log log;
  private long before;
  private long next;
  private long saidBehind;

  /// Recovery has settled everything that it found.
  Settled(Log log) {
    this.log = log;
    this.before = log.durable();
    this.next = log.durable();
    this.saidBehind = log.end();
  }

  /// The durable position has moved.
  void durable() {
    if (log.durable() > saidBehind) {
      before = next;
      next = log.durable();
      saidBehind = log.end();
    }
  }

  /// Whether the record at `position` will be found there for ever.
  boolean holds(long position) {
    return position < before;
  }
}
