package io.holdfast.server;

import io.holdfast.core.Broker;
import io.holdfast.core.Event;
import io.holdfast.log.RecordView;
import io.holdfast.log.RecoveryHandler;

/// Gives the core what the log holds, before it starts. On the loop's thread.
final class Replay implements RecoveryHandler {
  private final Broker broker;
  private final Watcher watcher;
  private boolean begun;

  Replay(Broker broker, Watcher watcher) {
    this.broker = broker;
    this.watcher = watcher;
  }

  @Override
  public void segment(long position) {
    broker.recoverSegment(position);
  }

  @Override
  public void snapshotPart(long position, RecordView part) {
    begin();
    broker.recoverPart(position, part);
  }

  @Override
  public void record(long oldPosition, long position, int key, RecordView record) {
    begin();
    broker.recoverRecord(oldPosition, position, record);
  }

  /// With a long log it takes a while, and whoever waits wants to know for what.
  private void begin() {
    if (!begun) {
      begun = true;
      watcher.observe(new Event.Notice("Reading the log."));
    }
  }
}
