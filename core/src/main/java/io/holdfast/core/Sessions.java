package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.queue.DropCounters;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.SessionClosed;
import io.holdfast.core.record.LogRecord.SessionEnded;
import io.holdfast.core.record.LogRecord.SessionOpened;
import io.holdfast.core.record.LogRecord.SharedEnded;
import io.holdfast.core.record.LogRecord.SharedReturned;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.core.session.StoredWill;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Will;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes, resumes, leaves and ends sessions, and publishes their wills when they are due.
final class Sessions {
  private static final long[] NONE = new long[0];
  private static final long WILL_AGAIN_MILLIS = 1000;

  private final Journal journal;
  private final Publishing publishing;
  private final Delivery delivery;
  private final Broadcasts broadcasts;
  private final Acknowledgements acknowledgements;
  private final Counters counters;
  private final Timers timers;
  private final BrokerSettings settings;

  /// By client id, for those who are away.
  private final Map<String, Timers.Timer> expiries = new HashMap<>();

  private final Map<String, Timers.Timer> willsDue = new HashMap<>();

  /// Where the log says that the session of a client id has ended, as long as that is not durable:
  /// a crash would bring the session back, and nobody may be told that there is none.
  private final Map<String, Long> endedAt = new HashMap<>();

  Sessions(
      Journal journal,
      Publishing publishing,
      Delivery delivery,
      Broadcasts broadcasts,
      Acknowledgements acknowledgements,
      Counters counters,
      Timers timers,
      BrokerSettings settings) {
    this.journal = journal;
    this.publishing = publishing;
    this.delivery = delivery;
    this.broadcasts = broadcasts;
    this.acknowledgements = acknowledgements;
    this.counters = counters;
    this.timers = timers;
    this.settings = settings;
  }

  /// How a client and its connection parted.
  enum Parting {
    /// It said goodbye: its will is removed.
    CLEAN,
    /// Its will is published, when its delay has passed.
    LOST,
    /// The broker stops. It is not the client's fault, so the will waits for it to come back.
    STOPPED
  }

  /// A session that a client was given.
  ///
  /// @param resumed whether it was there before
  /// @param recorded whether a record says so that is not durable yet, on which the CONNACK waits
  record Given(Session session, boolean resumed, boolean recorded) {}

  /// The session for `connect`: the client's old one, or a new one in its place.
  Given open(Connect connect, String clientId, long expirySeconds) {
    DurableState state = journal.state();
    Optional<Session> old = Optional.ofNullable(state.sessions().get(clientId));
    boolean resumes = old.isPresent() && old.get().isDurable() && !connect.cleanStart();
    boolean endsOld = old.isPresent() && old.get().isDurable() && !resumes;
    boolean durable = resumes || expirySeconds > 0;
    List<SharedSubscription> left = List.of();
    if (endsOld) {
      publishWaitingWill(clientId);
      acknowledgements.abandon(old.get());
      left = sharedOf(old.get());
    }
    boolean recorded =
        durable || endsOld || connect.will().isPresent() || state.wills().containsKey(clientId);
    int number = 0;
    if (resumes) {
      number = old.get().queueNumber();
    } else if (durable) {
      number = state.numbers().take(journal.log().durable());
    }
    if (recorded) {
      long position =
          journal.commit(
              new SessionOpened(
                  journal.nowMillis(),
                  clientId,
                  endsOld,
                  number,
                  connect.version(),
                  expirySeconds,
                  number == 0 ? 0 : settings.limits().windowMax(),
                  connect.will().map(Sessions::kept)));
      if (endsOld) {
        endedAt.put(clientId, position);
      }
      left.forEach(this::endIfEmpty);
    }
    if (!durable) {
      int own = state.numbers().take(journal.log().durable());
      state.add(
          new Session(
              clientId,
              new Queue(own, false, journal.log().end(), 0, state.numbers().arrivals()),
              connect.version(),
              expirySeconds));
    }
    cancel(expiries, clientId);
    cancel(willsDue, clientId);
    Session session = state.sessions().get(clientId);
    if (session == null) {
      throw new IllegalStateException("broken invariant: a client that connects has a session");
    }
    return new Given(session, resumes, recorded || endedAt.containsKey(clientId));
  }

  /// The durable position has moved.
  void durable() {
    if (!endedAt.isEmpty()) {
      long durable = journal.log().durable();
      endedAt.values().removeIf(position -> position < durable);
    }
  }

  private static Will kept(Will will) {
    return new Will(
        will.topic().copy(),
        will.payload().copy(),
        will.qos(),
        will.retain(),
        will.delaySeconds(),
        will.messageExpirySeconds(),
        will.passedOn().copy());
  }

  /// The session ends before the will's delay has passed, so the will is published now (MQTT 5.0
  /// section 3.1.3.2.2).
  private void publishWaitingWill(String clientId) {
    StoredWill will = journal.state().wills().get(clientId);
    if (will != null && will.isWaitingForItsClient()) {
      publishWill(clientId, will);
    }
  }

  private boolean postpones(String clientId, StoredWill will) {
    return publishing.postponesWill(will.will(), journal.state().sessions().get(clientId));
  }

  private void publishWill(String clientId, StoredWill will) {
    cancel(willsDue, clientId);
    publishing.publishWill(clientId, will.will(), journal.state().sessions().get(clientId));
  }

  /// The client's connection is gone.
  ///
  /// @param expirySeconds of its session from now on
  void close(Client client, Parting parting, long expirySeconds) {
    Session session = client.session();
    delivery.detach(client);
    if (!session.isDurable()) {
      broadcasts.left(client);
    }
    giveBackShared(session);
    boolean ends = !session.isDurable() || expirySeconds == 0;
    long willDue = partWithWill(session.clientId(), parting, ends);
    if (session.isDurable() || journal.state().wills().containsKey(session.clientId())) {
      journal.commit(
          new SessionClosed(
              journal.nowMillis(),
              session.clientId(),
              expirySeconds,
              session.queue().sentUntil(),
              willDue));
    }
    if (parting == Parting.STOPPED && session.isDurable()) {
      return;
    }
    if (ends) {
      endNow(session);
    } else {
      watch(session);
    }
    if (willDue != LogRecord.NEVER) {
      watchWill(session.clientId(), willDue);
    }
  }

  /// When the will is due, if it is to wait; what does not wait is published.
  private long partWithWill(String clientId, Parting parting, boolean ends) {
    StoredWill will = journal.state().wills().get(clientId);
    if (will == null || parting == Parting.CLEAN) {
      return LogRecord.NEVER;
    }
    long delaySeconds = will.will().delaySeconds();
    if (parting == Parting.STOPPED || (delaySeconds > 0 && !ends)) {
      return journal.nowMillis() + delaySeconds * 1000;
    }
    if (postpones(clientId, will)) {
      return journal.nowMillis();
    }
    publishWill(clientId, will);
    return LogRecord.NEVER;
  }

  /// QoS 1 messages of shared subscriptions move on when the connection ends (MQTT 5.0 section
  /// 4.8.2).
  private void giveBackShared(Session session) {
    for (SharedReturned returned : journal.state().shared().returnable(session)) {
      if (session.isDurable()) {
        journal.commit(returned);
      } else {
        journal.commit(
            new SharedReturned(0, NONE, returned.sharedQueue(), returned.sharedSequences()));
        for (long sequence : returned.sequences()) {
          journal.state().entries().drop(session.queue(), sequence, DropCounters.RETURNED);
        }
      }
    }
  }

  /// The session has expired.
  private void end(Session session) {
    publishWaitingWill(session.clientId());
    endNow(session);
  }

  private void endNow(Session session) {
    cancel(expiries, session.clientId());
    acknowledgements.abandon(session);
    List<SharedSubscription> left = sharedOf(session);
    if (session.isDurable()) {
      long position = journal.commit(new SessionEnded(journal.nowMillis(), session.queueNumber()));
      endedAt.put(session.clientId(), position);
    } else {
      journal.state().end(session, journal.log().end() - 1);
    }
    left.forEach(this::endIfEmpty);
  }

  private List<SharedSubscription> sharedOf(Session session) {
    return List.copyOf(journal.state().shared().joinedBy(session));
  }

  /// A shared subscription ends with its last subscriber.
  void endIfEmpty(SharedSubscription shared) {
    if (shared.members().isEmpty()) {
      long gone = shared.queue().unassigned();
      if (gone > 0) {
        counters.dropped(shared.text(), Event.Reason.SESSION_ENDED, gone);
      }
      journal.commit(new SharedEnded(shared.queue().number()));
    }
  }

  // Timers

  /// After a restart: everybody is away, and so are their timers.
  void watchAll() {
    long graceUntilMillis = journal.nowMillis() + DurableState.WILL_GRACE_MILLIS;
    for (Session session : journal.state().sessions().values()) {
      watch(session, () -> endAfterRestart(session, graceUntilMillis));
    }
    journal.state().wills().forEach((clientId, will) -> watchWill(clientId, will.dueMillis()));
  }

  /// The session has expired. Where its client had no time to come back, its will waits on.
  private void endAfterRestart(Session session, long graceUntilMillis) {
    if (journal.nowMillis() < graceUntilMillis) {
      endNow(session);
    } else {
      end(session);
    }
  }

  private void watch(Session session) {
    watch(session, () -> end(session));
  }

  private void watch(Session session, Runnable expired) {
    long endsAt = session.endsAtMillis(settings.sessionExpirySecondsMaximum());
    if (endsAt != LogRecord.NEVER) {
      expiries.put(session.clientId(), timers.at(endsAt, expired));
    }
  }

  private void watchWill(String clientId, long dueMillis) {
    willsDue.put(clientId, timers.at(dueMillis, () -> publishDueWill(clientId)));
  }

  /// The will's delay is over. Without space it is tried again as long as its client is away.
  private void publishDueWill(String clientId) {
    StoredWill will = journal.state().wills().get(clientId);
    if (will != null && postpones(clientId, will)) {
      watchWill(clientId, journal.nowMillis() + WILL_AGAIN_MILLIS);
    } else {
      publishWaitingWill(clientId);
    }
  }

  private void cancel(Map<String, Timers.Timer> watched, String clientId) {
    Timers.Timer timer = watched.remove(clientId);
    if (timer != null) {
      timers.cancel(timer);
    }
  }
}
