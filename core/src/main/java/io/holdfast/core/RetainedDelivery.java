package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Cursor;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.RetainedBegun;
import io.holdfast.core.record.LogRecord.RetainedBrought;
import io.holdfast.core.record.LogRecord.RetainedEnqueued;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.core.routing.RetainedMessages.Retained;
import io.holdfast.core.session.Session;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Brings the retained messages that come with a new subscription, and answers it (MQTT 5.0 section
/// 3.3.1.3).
///
/// They become entries of the session's queue, by records that name them by position. Few become so
/// at once: one that is not settled yet, published a moment ago, is copied. Where there are many,
/// or one that is not settled is not in memory any more, or much waits for the session already, a
/// cursor is begun. It goes on step by step, as far as the session's client keeps up, and what
/// comes meanwhile waits behind it. What is not retained any more when it comes by is left out:
/// what took its place came to the subscription by itself.
final class RetainedDelivery {
  private static final int STEPS_PER_TURN = 4;
  private static final int[] NONE = new int[0];

  private final Journal journal;
  private final Answers answers;
  private final Delivery delivery;
  private final boolean queuesQoS0;
  private final int looksMax;
  private final RecordView view = new RecordView();

  /// Sessions whose cursor may go on.
  private final LinkedHashSet<Session> awake = new LinkedHashSet<>();

  /// Those whose cursor is at a message that is not settled.
  private final LinkedHashSet<Session> awaitSettled = new LinkedHashSet<>();

  RetainedDelivery(Journal journal, Answers answers, Delivery delivery, BrokerSettings settings) {
    this.journal = journal;
    this.answers = answers;
    this.delivery = delivery;
    this.queuesQoS0 = settings.queuesQoS0();
    this.looksMax = settings.limits().retainedPerStepMax();
  }

  /// What was found by one look.
  ///
  /// @param positions in the order in which the messages were published
  /// @param goesOnAfter absent where all was seen
  private record Found(long[] positions, Optional<String> goesOnAfter) {}

  // What a subscription brings

  /// Brings what `subscriptions` match, just granted, or begins to, and then says `answer`.
  void bring(Client client, List<Subscription> subscriptions, SubAck answer) {
    Session session = client.session();
    for (Subscription subscription : subscriptions) {
      bring(session, subscription, Math.max(1, looksMax / subscriptions.size()));
    }
    if (session.isDurable()) {
      answers.whenDurable(client.connection(), answer);
    } else {
      answers.inTurn(client.connection(), answer);
    }
  }

  private void bring(Session session, Subscription subscription, int looks) {
    Queue queue = session.queue();
    Cursor whole =
        new Cursor(
            subscription.filter(),
            subscription.maximumQoS(),
            subscription.identifier(),
            journal.log().end(),
            Optional.empty());
    Found found = look(whole, looks);
    boolean isAll = found.goesOnAfter.isEmpty();
    if (isAll && found.positions.length == 0) {
      return;
    }
    if (isAll
        && !queue.hasCursor()
        && !queue.hasBacklog()
        && queue.unsent() < looksMax
        && (!session.isDurable() || isAtHand(found.positions))) {
      enqueue(session, subscription, found.positions);
    } else {
      commit(
          session,
          new RetainedBegun(
              session.queueNumber(),
              subscription.filter(),
              subscription.maximumQoS(),
              subscription.identifier()));
      awake.add(session);
    }
  }

  private boolean isAtHand(long[] positions) {
    for (long position : positions) {
      if (position >= journal.log().settled() && !journal.log().read(position, view)) {
        return false;
      }
    }
    return true;
  }

  private void enqueue(Session session, Subscription subscription, long[] positions) {
    int nameable = nameable(session, positions);
    if (nameable > 0) {
      commit(
          session,
          new RetainedEnqueued(
              session.queueNumber(),
              subscription.maximumQoS(),
              subscription.identifier(),
              Arrays.copyOf(positions, nameable)));
    }
    for (int i = nameable; i < positions.length; i++) {
      copy(session, subscription.maximumQoS(), subscription.identifier(), positions[i]);
    }
  }

  /// How many of them records may name: all where no record does.
  private int nameable(Session session, long[] positions) {
    int nameable = positions.length;
    while (session.isDurable()
        && nameable > 0
        && positions[nameable - 1] >= journal.log().settled()) {
      nameable--;
    }
    return nameable;
  }

  /// Of a transient session nothing is in the log.
  private void commit(Session session, LogRecord record) {
    if (session.isDurable()) {
      journal.commit(record);
    } else {
      journal.state().apply(journal.log().end(), record);
    }
  }

  private void copy(Session session, QoS maximumQoS, int identifier, long position) {
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
              new Targets.AsRetained(session.queueNumber(), maximumQoS, identifier),
              NONE,
              message.topic(),
              message.passedOn(),
              message.payload()));
    }
  }

  private Found look(Cursor cursor, int looks) {
    TopicFilter filter =
        TopicFilter.parse(cursor.filter())
            .orElseThrow(
                () -> new IllegalStateException("broken invariant: granted filters are valid"));
    Sequences positions = new Sequences();
    Optional<String> goesOnAfter =
        journal
            .state()
            .retained()
            .match(
                filter,
                cursor.after(),
                looks,
                retained -> {
                  if (isBroughtBy(cursor, retained) && !retained.isExpired(journal.nowMillis())) {
                    positions.add(retained.position());
                  }
                });
    return new Found(positions.takeAscending(), goesOnAfter);
  }

  /// What was retained since came to the subscription by itself and waits behind the cursor; but at
  /// QoS 0 it went to who was there, and to nobody else.
  private boolean isBroughtBy(Cursor cursor, Retained retained) {
    return retained.position() < cursor.until()
        || !Entries.wantsEntry(QoS.lower(retained.qos(), cursor.maximumQoS()), queuesQoS0);
  }

  // Cursors

  /// The session's client took something, or may take more than before.
  void wake(Session session) {
    if (session.queue().hasCursor()) {
      awake.add(session);
    }
  }

  /// Whether a cursor is at a message that is not settled.
  boolean isWaiting() {
    return !awaitSettled.isEmpty();
  }

  /// More is settled than before.
  void settled() {
    awake.addAll(awaitSettled);
    awaitSettled.clear();
  }

  /// Whether there is something to look at again.
  boolean isAwake() {
    return !awake.isEmpty();
  }

  /// Some steps of cursors, in turn.
  void goOn() {
    for (int steps = 0; steps < STEPS_PER_TURN && !awake.isEmpty(); steps++) {
      Session session = awake.removeFirst();
      if (mayGoOn(session) && step(session)) {
        awake.add(session);
      }
    }
  }

  /// Whether its client is there and has little left to be sent.
  private boolean mayGoOn(Session session) {
    Queue queue = session.queue();
    Client client = delivery.consumerOf(queue);
    return client != null
        && client.session() == session
        && client.opened
        && !client.connection().isClosing()
        && !queue.hasBacklog()
        && queue.tail() - Math.max(client.outbound.next, queue.head()) < looksMax;
  }

  private boolean step(Session session) {
    Optional<Cursor> under = session.queue().cursor();
    if (under.isEmpty()) {
      return false;
    }
    Cursor cursor = under.get();
    Found found = look(cursor, looksMax);
    if (session.isDurable() && !isAtHand(found.positions)) {
      awaitSettled.add(session);
      return false;
    }
    int nameable = nameable(session, found.positions);
    for (int i = nameable; i < found.positions.length; i++) {
      copy(session, cursor.maximumQoS(), cursor.identifier(), found.positions[i]);
    }
    commit(
        session,
        new RetainedBrought(
            session.queueNumber(), found.goesOnAfter, Arrays.copyOf(found.positions, nameable)));
    return true;
  }
}
