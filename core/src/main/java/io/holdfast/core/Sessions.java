package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes, resumes, leaves and ends sessions, and publishes their wills when they are due.
final class Sessions {
  private final Journal journal;
  private final Publishing publishing;
  private final Delivery delivery;
  private final Timers timers;
  private final BrokerSettings settings;

  Sessions(
      Journal journal,
      Publishing publishing,
      Delivery delivery,
      Timers timers,
      BrokerSettings settings) {
    this.journal = journal;
    this.publishing = publishing;
    this.delivery = delivery;
    this.timers = timers;
    this.settings = settings;
  }

  /// A session that a client was given.
  ///
  /// @param resumed whether it was there before
  /// @param recorded whether a record says so, on which the CONNACK waits
  record Given(Session session, boolean resumed, boolean recorded) {}

  /// The session for `connect`: the client's old one, or a new one in its place.
  Given open(Connect connect, String clientId, long expirySeconds) {
    DurableState state = journal.state();
    Optional<Session> old = Optional.ofNullable(state.sessions().get(clientId));
    boolean resumes = old.isPresent() && old.get().isDurable() && !connect.cleanStart();
    boolean endsOld = old.isPresent() && old.get().isDurable() && !resumes;
    boolean durable = resumes || expirySeconds > 0;
    if (endsOld) {
      publishWaitingWill(clientId);
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
      journal.commit(
          new SessionOpened(
              journal.nowMillis(),
              clientId,
              endsOld,
              number,
              connect.version(),
              expirySeconds,
              connect.will().map(Sessions::kept)));
      if (endsOld) {
        endEmptyShared();
      }
    }
    if (!durable) {
      int own = state.numbers().take(journal.log().durable());
      state.add(
          new Session(
              clientId,
              new Queue(own, false, journal.log().end(), 0),
              connect.version(),
              expirySeconds));
    }
    Session session = state.sessions().get(clientId);
    if (session == null) {
      throw new IllegalStateException("broken invariant: a client that connects has a session");
    }
    return new Given(session, resumes, recorded);
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
      publishing.publishWill(clientId, will.will(), null);
    }
  }

  /// The client's connection is gone.
  ///
  /// @param clean whether it said goodbye such that its will is not published
  /// @param expirySeconds of its session from now on
  void close(Client client, boolean clean, long expirySeconds) {
    Session session = client.session();
    delivery.detach(client);
    giveBackShared(session);
    long now = journal.nowMillis();
    boolean ends = !session.isDurable() || expirySeconds == 0;
    Optional<StoredWill> will =
        Optional.ofNullable(journal.state().wills().get(session.clientId()));
    long willDue = LogRecord.NEVER;
    if (will.isPresent() && !clean) {
      long delay = will.get().will().delaySeconds();
      if (delay == 0 || ends) {
        publishing.publishWill(session.clientId(), will.get().will(), session);
      } else {
        willDue = now + delay * 1000;
      }
    }
    boolean willIsLeft = journal.state().wills().containsKey(session.clientId());
    if (session.isDurable() || willIsLeft) {
      journal.commit(new SessionClosed(now, session.clientId(), expirySeconds, willDue));
    }
    if (ends) {
      end(session);
    } else {
      watch(session);
    }
    if (willDue != LogRecord.NEVER) {
      watchWill(session.clientId(), willDue);
    }
  }

  /// QoS 1 messages of shared subscriptions move on when the connection ends (MQTT 5.0 section
  /// 4.8.2).
  private void giveBackShared(Session session) {
    long[] returnable = journal.state().returnable(session.queue());
    if (returnable.length == 0) {
      return;
    }
    if (session.isDurable()) {
      journal.commit(new SharedReturned(session.queueNumber(), returnable));
    } else {
      for (long sequence : returnable) {
        journal.state().giveBack(session.queue(), sequence);
      }
    }
  }

  void end(Session session) {
    publishWaitingWill(session.clientId());
    if (session.isDurable()) {
      journal.commit(new SessionEnded(journal.nowMillis(), session.queueNumber()));
    } else {
      delivery.abandonShared(session);
      journal.state().end(session, journal.log().end() - 1);
    }
    endEmptyShared();
  }

  /// A shared subscription ends with its last subscriber.
  void endEmptyShared() {
    List<SharedSubscription> empty = new ArrayList<>();
    for (SharedSubscription shared : journal.state().shared().values()) {
      if (shared.members().isEmpty()) {
        empty.add(shared);
      }
    }
    empty.forEach(shared -> journal.commit(new SharedEnded(shared.queue().number())));
  }

  /// After a restart: everybody is away, and so are their timers.
  void watchAll() {
    journal.state().sessions().values().forEach(this::watch);
    journal.state().wills().forEach((clientId, will) -> watchWill(clientId, will.dueMillis()));
  }

  private void watch(Session session) {
    long endsAt = session.endsAtMillis(settings.sessionExpirySecondsMaximum());
    if (endsAt == LogRecord.NEVER) {
      return;
    }
    timers.at(
        endsAt,
        () -> {
          boolean same = journal.state().sessions().get(session.clientId()) == session;
          if (same
              && session.endsAtMillis(settings.sessionExpirySecondsMaximum())
                  <= journal.nowMillis()) {
            end(session);
          }
        });
  }

  private void watchWill(String clientId, long dueMillis) {
    timers.at(
        dueMillis,
        () -> {
          StoredWill will = journal.state().wills().get(clientId);
          if (will != null && will.dueMillis() <= journal.nowMillis()) {
            publishing.publishWill(clientId, will.will(), null);
          }
        });
  }
}
