package io.holdfast.core;

import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.log.Log;

/// The one place where a record is appended and applied.
final class Journal {
  private final Log log;
  private final DurableState state;
  private final RecordCodec codec = new RecordCodec();
  private long nowMillis;
  private boolean appended;

  Journal(Log log, DurableState state, long nowMillis) {
    this.log = log;
    this.state = state;
    this.nowMillis = nowMillis;
  }

  /// Appends `record`, applies it, and gives its position.
  long commit(LogRecord record) {
    long position = log.append(keyOf(record), codec.encode(record));
    appended = true;
    state.apply(position, record);
    return position;
  }

  /// Whether anything was appended in this turn. The log's end does not tell: it moves too when a
  /// batch is filled up to a sector's border.
  boolean hasAppended() {
    return appended;
  }

  void turnEnded() {
    appended = false;
  }

  /// Messages are found by who wants them: a queue, or a target set.
  private static int keyOf(LogRecord record) {
    if (record instanceof LogRecord.Published published) {
      return switch (published.targets()) {
        case LogRecord.Targets.One one -> keyOfQueue(one.queue());
        case LogRecord.Targets.Set set -> keyOfSet(set.number());
        case LogRecord.Targets.None none -> 0;
        case LogRecord.Targets.AsRetained retained -> 0;
      };
    }
    return 0;
  }

  static int keyOfQueue(int number) {
    return number << 1 | 1;
  }

  static int keyOfSet(int number) {
    return number << 1;
  }

  Log log() {
    return log;
  }

  DurableState state() {
    return state;
  }

  long nowMillis() {
    return nowMillis;
  }

  void time(long millis) {
    nowMillis = Math.max(nowMillis, millis);
  }
}
