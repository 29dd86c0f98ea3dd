package io.holdfast.simulator;

import io.holdfast.log.Found;
import io.holdfast.log.Grant;
import io.holdfast.log.Log;
import io.holdfast.log.RecordBody;
import io.holdfast.log.RecordView;
import io.holdfast.log.Space;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// The log as the core sees it, with somebody who is told of each record once it was applied: right
/// before the next one is appended.
final class ObservedLog implements Log {
  private final Log log;
  private final LongConsumer applied;
  private final Runnable discarding;
  private long newest = -1;

  /// @param applied told the position of a record that was applied, and none since
  /// @param discarding told before a segment is let go while something is not durable
  ObservedLog(Log log, LongConsumer applied, Runnable discarding) {
    this.log = log;
    this.applied = applied;
    this.discarding = discarding;
  }

  /// Nothing is being applied now.
  void settle() {
    if (newest >= 0) {
      long position = newest;
      newest = -1;
      applied.accept(position);
    }
  }

  @Override
  public long append(int key, RecordBody body) {
    settle();
    newest = log.append(key, body);
    return newest;
  }

  @Override
  public Grant grant(int bytes) {
    return log.grant(bytes);
  }

  @Override
  public Space space() {
    return log.space();
  }

  @Override
  public long end() {
    return log.end();
  }

  @Override
  public long durable() {
    return log.durable();
  }

  @Override
  public long settled() {
    return log.settled();
  }

  @Override
  public boolean read(long position, RecordView view) {
    return log.read(position, view);
  }

  @Override
  public void find(int[] keys, long from, int max, Consumer<Found> then) {
    log.find(keys, from, max, then);
  }

  @Override
  public int segmentOf(long position) {
    return log.segmentOf(position);
  }

  @Override
  public long segmentEnd(int segment) {
    return log.segmentEnd(segment);
  }

  @Override
  public int oldestSegment() {
    return log.oldestSegment();
  }

  @Override
  public boolean holdsSegment(int segment) {
    return log.holdsSegment(segment);
  }

  @Override
  public void discard(int segment) {
    if (log.durable() < log.end()) {
      discarding.run();
    }
    log.discard(segment);
  }
}
