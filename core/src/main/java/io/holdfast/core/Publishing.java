package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.ContentHash;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.Released;
import io.holdfast.core.record.LogRecord.SetDefined;
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.routing.TargetSet;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.Will;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes messages in: from publishers at all three levels of QoS, and wills.
///
/// A message that a durable queue wants, or that is retained, becomes a record, and is acknowledged
/// when that is durable. One that only transient sessions want goes straight on.
final class Publishing {
  private static final int[] NONE = new int[0];

  private final Journal journal;
  private final Answers answers;
  private final Delivery delivery;
  private final Counters counters;
  private final BrokerSettings settings;

  Publishing(
      Journal journal,
      Answers answers,
      Delivery delivery,
      Counters counters,
      BrokerSettings settings) {
    this.journal = journal;
    this.answers = answers;
    this.delivery = delivery;
    this.counters = counters;
    this.settings = settings;
  }

  /// What became of a message.
  ///
  /// @param wanted whether any queue or session wanted it
  /// @param mustBeDurable whether its answer waits for a record
  private record Accepted(boolean wanted, boolean mustBeDurable) {}

  void publish(Client client, Publish packet) {
    ClientConnection connection = client.connection();
    Bytes topic = packet.topic();
    if (packet.topicAlias() != 0) {
      if (!client.takesAlias(packet.topicAlias())) {
        answers.disconnect(
            connection,
            ReasonCode.TOPIC_ALIAS_INVALID,
            "topic alias above the topic alias maximum");
        return;
      }
      if (topic.isEmpty()) {
        Bytes known = client.aliasIn(packet.topicAlias());
        if (known == null) {
          answers.disconnect(connection, ReasonCode.PROTOCOL_ERROR, "topic alias never set");
          return;
        }
        topic = known;
      } else {
        client.aliasIn(packet.topicAlias(), topic);
      }
    }
    if (packet.retain() && !settings.retainAvailable()) {
      answers.disconnect(
          connection, ReasonCode.RETAIN_NOT_SUPPORTED, "retained messages are switched off here");
      return;
    }
    if (packet.qos() != QoS.AT_MOST_ONCE && !quota(client)) {
      return;
    }
    Optional<ReasonCode> refusal = refusal(topic, packet.payload());
    switch (packet.qos()) {
      case AT_MOST_ONCE -> {
        if (refusal.isEmpty()) {
          accept(message(packet, topic, Optional.empty()), client.session());
        }
      }
      case AT_LEAST_ONCE -> atLeastOnce(client, packet, topic, refusal);
      case EXACTLY_ONCE -> exactlyOnce(client, packet, topic, refusal);
    }
  }

  /// A client must not have more unanswered messages on their way than its receive maximum allows
  /// [MQTT-3.3.4-9].
  private boolean quota(Client client) {
    client.receiving++;
    if (client.version().isV5() && client.receiving > settings.receiveMaximum()) {
      answers.disconnect(
          client.connection(),
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
          "more than " + settings.receiveMaximum() + " messages in flight");
      return false;
    }
    return true;
  }

  private Optional<ReasonCode> refusal(Bytes topic, Bytes payload) {
    if (settings.messageSizeMaximum() > 0 && payload.length() > settings.messageSizeMaximum()) {
      return Optional.of(ReasonCode.PACKET_TOO_LARGE);
    }
    if (topic.at(0) == '$' && topic.toUtf8().startsWith("$SYS")) {
      return Optional.of(ReasonCode.NOT_AUTHORIZED);
    }
    return Optional.empty();
  }

  private void atLeastOnce(
      Client client, Publish packet, Bytes topic, Optional<ReasonCode> refusal) {
    if (refusal.isPresent()) {
      answers.inTurn(client.connection(), new PubAck(packet.packetId(), refusal.get()));
      return;
    }
    Accepted accepted = accept(message(packet, topic, Optional.empty()), client.session());
    PubAck answer = new PubAck(packet.packetId(), success(accepted));
    if (accepted.mustBeDurable) {
      answers.whenDurable(client.connection(), answer);
    } else {
      answers.inTurn(client.connection(), answer);
    }
  }

  private static ReasonCode success(Accepted accepted) {
    return accepted.wanted ? ReasonCode.SUCCESS : ReasonCode.NO_MATCHING_SUBSCRIBERS;
  }

  /// An open identifier with the same content is a duplicate, and answered; with other content it
  /// is a client that lost its memory, and the message is new.
  private void exactlyOnce(
      Client client, Publish packet, Bytes topic, Optional<ReasonCode> refusal) {
    Session session = client.session();
    int packetId = packet.packetId();
    if (refusal.isPresent()) {
      answers.inTurn(client.connection(), new PubRec(packetId, refusal.get()));
      return;
    }
    long hash = ContentHash.of(topic, packet.payload());
    Long open = session.openReceived().get(packetId);
    if (open != null && open == hash) {
      client.receiving--;
      answers.whenDurable(client.connection(), new PubRec(packetId));
      return;
    }
    Optional<Source> source =
        session.isDurable()
            ? Optional.of(new Source(session.queueNumber(), packetId, hash))
            : Optional.empty();
    Accepted accepted = accept(message(packet, topic, source), session);
    session.openReceived().put(packetId, hash);
    PubRec answer = new PubRec(packetId, success(accepted));
    if (accepted.mustBeDurable) {
      answers.whenDurable(client.connection(), answer);
    } else {
      answers.inTurn(client.connection(), answer);
    }
  }

  void release(Client client, int packetId) {
    Session session = client.session();
    boolean known = session.openReceived().containsKey(packetId);
    if (!known) {
      // Answers.say takes one off for every PUBCOMP.
      client.receiving++;
      answers.whenDurable(
          client.connection(), new PubComp(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
      return;
    }
    if (client.receiving == 0) {
      client.receiving++;
    }
    if (session.isDurable()) {
      journal.commit(new Released(session.queueNumber(), new int[] {packetId}));
      answers.whenDurable(client.connection(), new PubComp(packetId));
    } else {
      session.openReceived().remove(packetId);
      answers.inTurn(client.connection(), new PubComp(packetId));
    }
  }

  private Published message(Publish packet, Bytes topic, Optional<Source> source) {
    return new Published(
        journal.nowMillis(),
        expiry(packet.messageExpirySeconds()),
        packet.qos(),
        packet.retain(),
        settings.queuesQoS0(),
        source,
        Optional.empty(),
        new Targets.None(),
        NONE,
        topic,
        packet.passedOn(),
        packet.payload());
  }

  private long expiry(long seconds) {
    return seconds < 0 ? LogRecord.NEVER : journal.nowMillis() + seconds * 1000;
  }

  /// Publishes a client's will, and removes it with the same record.
  void publishWill(String clientId, Will will, @Nullable Session publisher) {
    Published message =
        new Published(
            journal.nowMillis(),
            expiry(will.messageExpirySeconds()),
            will.qos(),
            will.retain() && settings.retainAvailable(),
            settings.queuesQoS0(),
            Optional.empty(),
            Optional.of(clientId),
            new Targets.None(),
            NONE,
            will.topic(),
            will.passedOn(),
            will.payload());
    accept(message, publisher);
  }

  /// Gives a message to all that want it.
  private Accepted accept(Published message, @Nullable Session publisher) {
    TargetSet targets = journal.state().router().targets(message.topic(), publisher);
    boolean retained = message.retain();
    boolean mustBeDurable = retained;
    boolean logged = retained || message.willOf().isPresent();
    for (int i = 0; i < targets.count(); i++) {
      Queue queue = journal.state().numbers().get(targets.queue(i));
      QoS qos = QoS.lower(message.qos(), targets.option(i).granted());
      if (queue != null && DurableState.wantsEntry(queue, qos, message.queuesQoS0())) {
        logged = true;
        mustBeDurable |= queue.isDurable();
      }
    }
    if (logged) {
      long before = journal.log().end();
      commit(message, targets);
      Invariant.check(journal.log().end() > before, "a record moves the end of the log");
    }
    for (int i = 0; i < targets.count(); i++) {
      Queue queue = journal.state().numbers().get(targets.queue(i));
      Option option = targets.option(i);
      QoS qos = QoS.lower(message.qos(), option.granted());
      if (queue != null && !DurableState.wantsEntry(queue, qos, message.queuesQoS0())) {
        direct(queue, option, message);
      }
    }
    return new Accepted(targets.count() > 0, mustBeDurable);
  }

  private void commit(Published message, TargetSet targets) {
    Targets named;
    if (targets.count() == 0) {
      named = new Targets.None();
    } else if (targets.count() == 1) {
      named = new Targets.One(targets.queue(0), targets.option(0));
    } else {
      if (targets.number() == 0) {
        journal.commit(new SetDefined(journal.state().router().nextNumber(), targets.groups()));
      }
      named = new Targets.Set(targets.number());
    }
    journal.commit(
        new Published(
            message.atMillis(),
            message.expiresAtMillis(),
            message.qos(),
            message.retain(),
            message.queuesQoS0(),
            message.source(),
            message.willOf(),
            named,
            full(message, targets),
            message.topic(),
            message.passedOn(),
            message.payload()));
  }

  /// The queues that are at the limit the operator set: they do not take this message, and it is
  /// counted.
  private int[] full(Published message, TargetSet targets) {
    if (settings.queuedMessagesMaximum() == 0) {
      return NONE;
    }
    int[] full = NONE;
    for (int i = 0; i < targets.count(); i++) {
      Queue queue = journal.state().numbers().get(targets.queue(i));
      QoS qos = QoS.lower(message.qos(), targets.option(i).granted());
      if (queue != null
          && DurableState.wantsEntry(queue, qos, message.queuesQoS0())
          && queue.unsent() >= settings.queuedMessagesMaximum()) {
        full = Arrays.copyOf(full, full.length + 1);
        full[full.length - 1] = queue.number();
        Session session = journal.state().numbers().session(queue.number());
        if (session != null) {
          counters.dropped(session, Event.Reason.QUEUE_FULL, 1);
        }
      }
    }
    return full;
  }

  private void direct(Queue queue, Option option, Published message) {
    Session session = journal.state().numbers().session(queue.number());
    if (session != null) {
      delivery.direct(session, option, message);
      return;
    }
    Optional<SharedSubscription> shared = journal.state().sharedOf(queue.number());
    if (shared.isEmpty()) {
      return;
    }
    for (Session member : shared.get().members().keySet()) {
      if (delivery.consumerOf(member.queue()) != null) {
        LogRecord.Subscription subscription = shared.get().members().get(member);
        if (subscription != null) {
          shared.get().tookItsTurn(member);
          delivery.direct(member, SharedDelivery.optionOf(subscription), message);
        }
        return;
      }
    }
  }
}
