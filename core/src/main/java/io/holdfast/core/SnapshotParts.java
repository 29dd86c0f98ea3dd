package io.holdfast.core;

import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.CountersPart;
import io.holdfast.core.record.LogRecord.RetainedPart;
import io.holdfast.core.record.LogRecord.SessionPart;
import io.holdfast.core.record.LogRecord.SetDefined;
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.record.LogRecord.WillPart;
import io.holdfast.core.routing.RetainedMessages.Found;
import io.holdfast.core.routing.TargetSet;
import io.holdfast.core.session.Session;
import io.holdfast.core.session.StoredWill;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The parts of one snapshot, each as of the moment when it is asked for.
///
/// What came to be since the snapshot was begun may be left out: the log says it. What is gone
/// since is left out too.
final class SnapshotParts {
  private final DurableState state;
  private final long beganMillis;
  private final Iterator<Map.Entry<Integer, TargetSet>> sets;
  private final Iterator<Session> sessions;
  private final Iterator<String> wills;
  private Optional<Found> retained;
  private boolean counted;

  SnapshotParts(DurableState state, long nowMillis) {
    this.state = state;
    this.beganMillis = nowMillis;
    this.sets = state.router().numberedSets().entrySet().iterator();
    this.sessions = List.copyOf(state.sessions().values()).iterator();
    this.wills = List.copyOf(state.wills().keySet()).iterator();
    this.retained = state.retained().first();
  }

  /// The next part; absent where there is none left.
  Optional<LogRecord> next() {
    if (!counted) {
      counted = true;
      return Optional.of(new CountersPart(state.router().nextNumber(), beganMillis));
    }
    if (sets.hasNext()) {
      Map.Entry<Integer, TargetSet> set = sets.next();
      return Optional.of(new SetDefined(set.getKey(), set.getValue().groups()));
    }
    while (sessions.hasNext()) {
      Session session = sessions.next();
      if (session.isDurable() && state.sessions().get(session.clientId()) == session) {
        return Optional.of(part(session));
      }
    }
    while (wills.hasNext()) {
      String clientId = wills.next();
      StoredWill will = state.wills().get(clientId);
      if (will != null) {
        return Optional.of(new WillPart(clientId, will.will(), will.dueMillis()));
      }
    }
    return retainedPart();
  }

  private static SessionPart part(Session session) {
    List<Source> open = new ArrayList<>();
    session
        .openReceived()
        .forEach((packetId, hash) -> open.add(new Source(session.queueNumber(), packetId, hash)));
    return new SessionPart(
        session.clientId(),
        session.queueNumber(),
        session.version(),
        session.expirySeconds(),
        session.isConnected(),
        session.awaySinceMillis(),
        List.copyOf(session.subscriptions()),
        open,
        session.queue().image());
  }

  private Optional<LogRecord> retainedPart() {
    if (retained.isEmpty()) {
      return Optional.empty();
    }
    String topic = retained.get().topic();
    Optional<LogRecord> part =
        state
            .retained()
            .get(topic)
            .map(now -> new RetainedPart(topic, now.position(), now.expiresAtMillis(), now.qos()));
    retained = state.retained().after(topic);
    return part.isPresent() ? part : retainedPart();
  }
}
