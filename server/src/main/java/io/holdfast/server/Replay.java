package io.holdfast.server;

import io.holdfast.core.Broker;
import io.holdfast.log.RecordView;
import io.holdfast.log.RecoveryHandler;

/// Gives the core what the log holds, before it starts. On the loop's thread.
final class Replay implements RecoveryHandler {
  private final Broker broker;
  private final ReadingProgress progress;

  Replay(Broker broker, ReadingProgress progress) {
    this.broker = broker;
    this.progress = progress;
  }

  @Override
  public void segment(long position) {
    broker.recoverSegment(position);
  }

  @Override
  public void snapshotPart(long position, RecordView part) {
    progress.begin();
    broker.recoverPart(position, part);
  }

  @Override
  public void record(long oldPosition, long position, int key, RecordView record) {
    progress.begin();
    broker.recoverRecord(oldPosition, position, record);
  }

  @Override
  public void progress(long bytes, long ofBytes) {
    progress.at(bytes, ofBytes);
  }
}
