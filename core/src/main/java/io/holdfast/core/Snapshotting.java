package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.CountersPart;
import io.holdfast.core.record.LogRecord.RetainedPart;
import io.holdfast.core.record.LogRecord.SessionPart;
import io.holdfast.core.record.LogRecord.SetDefined;
import io.holdfast.core.record.LogRecord.SharedQueuePart;
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.record.LogRecord.WillPart;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.routing.TargetSet;
import io.holdfast.core.session.Session;
import io.holdfast.core.session.StoredWill;
import io.holdfast.log.RecordBody;
import io.holdfast.log.Snapshots;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Writes snapshots in small steps between turns: each step some parts, each part as of the log's
/// end at that moment.
final class Snapshotting {
  private static final int BYTES_PER_STEP = 256 << 10;

  private final Journal journal;
  private final Snapshots snapshots;
  private final RecordCodec codec = new RecordCodec();
  private final ArrayDeque<Supplier<Optional<LogRecord>>> parts = new ArrayDeque<>();

  Snapshotting(Journal journal, Snapshots snapshots) {
    this.journal = journal;
    this.snapshots = snapshots;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  /// Begins a snapshot that is due, or goes on with the one begun. True where more parts are left.
  boolean step() {
    if (parts.isEmpty()) {
      if (snapshots.isUnderWay() || !snapshots.isDue()) {
        return false;
      }
      begin();
    }
    int bytes = 0;
    while (bytes < BYTES_PER_STEP && !parts.isEmpty() && snapshots.isWritable()) {
      Optional<LogRecord> part = parts.removeFirst().get();
      if (part.isPresent()) {
        RecordBody body = codec.encode(part.get());
        bytes += body.length();
        snapshots.part(body);
      }
    }
    if (parts.isEmpty()) {
      snapshots.complete();
      return false;
    }
    return snapshots.isWritable();
  }

  private void begin() {
    DurableState state = journal.state();
    snapshots.begin(journal.log().end());
    // First and at once: what the log says of a member's queue is read with the shared queue's
    // eyes.
    for (SharedSubscription shared : state.shared().all()) {
      Queue queue = shared.queue();
      snapshots.part(
          codec.encode(new SharedQueuePart(queue.number(), shared.text(), queue.image())));
    }
    parts.add(
        () -> Optional.of(new CountersPart(state.router().nextNumber(), journal.nowMillis())));
    for (TargetSet set : state.router().numberedSets()) {
      parts.add(() -> Optional.of(new SetDefined(set.number(), set.groups())));
    }
    for (Session session : state.sessions().values()) {
      if (session.isDurable()) {
        parts.add(() -> part(session));
      }
    }
    for (Map.Entry<String, StoredWill> will : state.wills().entrySet()) {
      String clientId = will.getKey();
      parts.add(() ->
          Optional.ofNullable(state.wills().get(clientId))
              .map(stored -> new WillPart(clientId, stored.will(), stored.dueMillis())));
    }
    state
        .retained()
        .forEach((topic, unused) ->
            parts.add(() ->
                state
                    .retained()
                    .get(topic)
                    .map(retained ->
                        new RetainedPart(topic, retained.position(), retained.expiresAtMillis()))));
  }

  private Optional<LogRecord> part(Session session) {
    if (journal.state().sessions().get(session.clientId()) != session) {
      return Optional.empty();
    }
    List<Source> open = new ArrayList<>();
    session
        .openReceived()
        .forEach((packetId, hash) -> open.add(new Source(session.queueNumber(), packetId, hash)));
    return Optional.of(
        new SessionPart(
            session.clientId(),
            session.queueNumber(),
            session.version(),
            session.expirySeconds(),
            session.isConnected(),
            session.awaySinceMillis(),
            List.copyOf(session.subscriptions()),
            open,
            session.queue().image()));
  }
}
