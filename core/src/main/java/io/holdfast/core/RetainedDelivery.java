package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.RetainedEnqueued;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.core.session.Session;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Brings the retained messages that come with a new subscription, and answers it (MQTT 5.0 section
/// 3.3.1.3).
///
/// They become entries of the session's queue, by records that name them by position. A message
/// that is not settled yet, published a moment ago, is copied instead. If it is not in memory any
/// more, subscriber and answer wait until it is settled.
final class RetainedDelivery {
  private static final int PER_RECORD_MAX = 4096;
  private static final int[] NONE = new int[0];

  private final Journal journal;
  private final Answers answers;
  private final Settled settled;
  private final RecordView view = new RecordView();
  private final ArrayDeque<Deferred> deferred = new ArrayDeque<>();

  RetainedDelivery(Journal journal, Answers answers, Settled settled) {
    this.journal = journal;
    this.answers = answers;
    this.settled = settled;
  }

  /// What waits until everything before `until` is settled.
  private record Deferred(
      Client client, List<Subscription> subscriptions, long until, SubAck answer) {}

  /// Brings what `subscriptions` match, just granted, and then says `answer`.
  void bring(Client client, List<Subscription> subscriptions, SubAck answer) {
    Session session = client.session();
    long until = journal.log().end();
    if (!session.isDurable()) {
      answers.inTurn(client.connection(), answer);
      for (Subscription subscription : subscriptions) {
        RetainedEnqueued entries = named(session, subscription, matching(subscription, until));
        journal.state().apply(until, entries);
      }
    } else if (subscriptions.stream().allMatch(s -> isAtHand(matching(s, until)))) {
      enqueue(new Deferred(client, subscriptions, until, answer));
    } else {
      deferred.addLast(new Deferred(client, subscriptions, until, answer));
    }
  }

  /// More is settled than before.
  void settled() {
    while (!deferred.isEmpty() && settled.holds(deferred.getFirst().until - 1)) {
      Deferred next = deferred.removeFirst();
      Session session = next.client.session();
      if (journal.state().sessions().get(session.clientId()) == session) {
        enqueue(next);
      }
    }
  }

  private boolean isAtHand(long[] positions) {
    for (long position : positions) {
      if (!settled.holds(position) && !journal.log().read(position, view)) {
        return false;
      }
    }
    return true;
  }

  private void enqueue(Deferred next) {
    for (Subscription subscription : next.subscriptions) {
      enqueue(next.client.session(), subscription, matching(subscription, next.until));
    }
    answers.whenDurable(next.client.connection(), next.answer);
  }

  private void enqueue(Session session, Subscription subscription, long[] positions) {
    int nameable = 0;
    while (nameable < positions.length && settled.holds(positions[nameable])) {
      nameable++;
    }
    for (int from = 0; from < nameable; from += PER_RECORD_MAX) {
      int until = Math.min(nameable, from + PER_RECORD_MAX);
      journal.commit(named(session, subscription, Arrays.copyOfRange(positions, from, until)));
    }
    for (int i = nameable; i < positions.length; i++) {
      copy(session, subscription, positions[i]);
    }
  }

  private static RetainedEnqueued named(
      Session session, Subscription subscription, long[] positions) {
    return new RetainedEnqueued(
        session.queueNumber(), subscription.maximumQoS(), subscription.identifier(), positions);
  }

  private void copy(Session session, Subscription subscription, long position) {
    boolean isThere = journal.log().read(position, view);
    Invariant.check(isThere, "what is not settled is copied while it is in memory");
    if (RecordCodec.decode(view) instanceof Published message) {
      journal.commit(
          new Published(
              journal.nowMillis(),
              message.expiresAtMillis(),
              message.qos(),
              false,
              message.queuesQoS0(),
              Optional.empty(),
              Optional.empty(),
              new Targets.AsRetained(
                  session.queueNumber(), subscription.maximumQoS(), subscription.identifier()),
              NONE,
              message.topic(),
              message.passedOn(),
              message.payload()));
    }
  }

  /// Positions of what was retained before `until`, in the order in which it was published.
  private long[] matching(Subscription subscription, long until) {
    TopicFilter filter =
        TopicFilter.parse(subscription.filter())
            .orElseThrow(
                () -> new IllegalStateException("broken invariant: granted filters are valid"));
    Sequences positions = new Sequences();
    journal
        .state()
        .retained()
        .match(
            filter,
            retained -> {
              if (retained.position() < until && !retained.isExpired(journal.nowMillis())) {
                positions.add(retained.position());
              }
            });
    return positions.takeAscending();
  }
}
