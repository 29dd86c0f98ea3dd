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

  /// Messages are found by their target set.
  private static int keyOf(LogRecord record) {
    return record instanceof LogRecord.Published published
            && published.targets() instanceof LogRecord.Targets.Set set
        ? set.number()
        : 0;
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
