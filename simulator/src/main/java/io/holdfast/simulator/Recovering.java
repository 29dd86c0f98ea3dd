package io.holdfast.simulator;

import io.holdfast.core.Broker;
import io.holdfast.log.RecordView;
import io.holdfast.log.RecoveryHandler;

/// Hands on to the broker what its log recovers, and takes note of where that ends.
final class Recovering implements RecoveryHandler {
  private static final long RUN_LEAP = 1L << 31;

  private final Broker broker;
  private final Fingerprints fingerprints;
  private long lastRecord = -1;
  private long replayedBytes;
  private long snapshotEnd;
  private boolean partsDiffer;

  Recovering(Broker broker, Fingerprints fingerprints) {
    this.broker = broker;
    this.fingerprints = fingerprints;
  }

  boolean isFromSnapshot() {
    return snapshotEnd > 0;
  }

  /// How much of the log was read, without the leap of positions where a run begins.
  long replayedBytes() {
    return replayedBytes;
  }

  /// Whether something happened between the first part of the snapshot and the last.
  boolean partsDiffer() {
    return partsDiffer;
  }

  /// Compares what was recovered with what there was. Gives how many records are lost.
  int check() {
    return fingerprints.recovered(lastRecord, snapshotEnd, broker);
  }

  @Override
  public void segment(long position) {
    broker.recoverSegment(position);
  }

  @Override
  public void snapshotPart(long position, RecordView part) {
    partsDiffer |= snapshotEnd > 0 && position > snapshotEnd;
    snapshotEnd = Math.max(snapshotEnd, position);
    broker.recoverPart(position, part);
  }

  @Override
  public void record(long oldPosition, long position, int key, RecordView record) {
    if (oldPosition != position) {
      fingerprints.origins().moved(oldPosition, position);
    }
    long step = oldPosition - lastRecord;
    replayedBytes += lastRecord >= 0 && step < RUN_LEAP ? step : 0;
    lastRecord = oldPosition;
    broker.recoverRecord(oldPosition, position, record);
  }
}
