package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.SharedQueuePart;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.log.RecordBody;
import io.holdfast.log.Snapshots;
import java.util.Optional;

/// Writes snapshots in small steps between turns: each step some parts, each part as of the log's
/// end at that moment.
final class Snapshotting {
  private final Journal journal;
  private final Snapshots snapshots;
  private final WantedSegments wanted;
  private final int bytesPerStepMax;
  private final RecordCodec codec = new RecordCodec();
  private Optional<SnapshotParts> parts = Optional.empty();

  Snapshotting(Journal journal, Snapshots snapshots, WantedSegments wanted, Limits limits) {
    this.journal = journal;
    this.snapshots = snapshots;
    this.wanted = wanted;
    this.bytesPerStepMax = limits.snapshotBytesPerTurnMax();
  }

  Snapshots snapshots() {
    return snapshots;
  }

  /// Begins a snapshot that is due, or goes on with the one begun. True where more parts are left.
  boolean step() {
    if (!snapshots.isUnderWay()) {
      parts = Optional.empty();
    }
    if (parts.isEmpty()) {
      if (snapshots.isUnderWay() || !isDue()) {
        return false;
      }
      begin();
    }
    int bytes = 0;
    while (bytes < bytesPerStepMax && snapshots.isWritable()) {
      Optional<LogRecord> part = parts.flatMap(SnapshotParts::next);
      if (part.isEmpty()) {
        snapshots.part(codec.encode(wanted.part(journal.state().leftovers().all())));
        parts = Optional.empty();
        snapshots.complete();
        return false;
      }
      RecordBody body = codec.encode(part.get());
      bytes += body.length();
      snapshots.part(body);
    }
    return snapshots.isWritable();
  }

  /// Where space is lacking, also as soon as it lets a segment go.
  private boolean isDue() {
    return snapshots.isDue()
        || (snapshots.lacksSpace() && wanted.keepsForState(snapshots.stateNeededFrom()));
  }

  /// Shared queues come first and at once: what the log says of their members' queues is read with
  /// their eyes.
  private void begin() {
    snapshots.begin(journal.log().end());
    for (SharedSubscription shared : journal.state().shared().all()) {
      Queue queue = shared.queue();
      snapshots.part(
          codec.encode(new SharedQueuePart(queue.number(), shared.text(), queue.image())));
    }
    parts = Optional.of(new SnapshotParts(journal.state(), journal.nowMillis()));
  }
}
