package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.record.LogRecord.SharedOpened;
import io.holdfast.core.record.LogRecord.Subscribed;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.record.LogRecord.Unsubscribed;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.topic.SharedFilter;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes and ends subscriptions (MQTT 5.0 sections 3.8 to 3.11).
final class Subscribing {

  private final Journal journal;
  private final Answers answers;
  private final RetainedDelivery retainedDelivery;
  private final Sessions sessions;
  private final SysTopics sysTopics;
  private final Admission admission;
  private final Effects effects;
  private final Limits limits;

  Subscribing(
      Journal journal,
      Answers answers,
      RetainedDelivery retainedDelivery,
      Sessions sessions,
      SysTopics sysTopics,
      Admission admission,
      Effects effects,
      Limits limits) {
    this.journal = journal;
    this.answers = answers;
    this.retainedDelivery = retainedDelivery;
    this.sessions = sessions;
    this.sysTopics = sysTopics;
    this.admission = admission;
    this.effects = effects;
    this.limits = limits;
  }

  void subscribe(Client client, Subscribe packet) {
    Session session = client.session();
    if (!canHear(client, new SubAck(packet.packetId(), anyCodes(packet.filters().size())))) {
      return;
    }
    List<ReasonCode> reasonCodes = new ArrayList<>(packet.filters().size());
    Map<String, Subscription> granted = new LinkedHashMap<>();
    List<Subscription> bringRetained = new ArrayList<>();
    for (Requested requested : packet.filters()) {
      Optional<ReasonCode> refusal = refusal(session, granted.size(), requested.filter());
      if (refusal.isPresent()) {
        if (client.version() == ProtocolVersion.V3_1) {
          answers.disconnect(
              client.connection(),
              refusal.get(),
              "a subscription is refused, and MQTT 3.1 has no other answer for that");
          return;
        }
        reasonCodes.add(refusal.get());
        continue;
      }
      Subscription subscription = subscription(client, packet, requested);
      boolean isNew =
          session.subscription(requested.filter()).isEmpty()
              && !granted.containsKey(requested.filter());
      granted.put(requested.filter(), subscription);
      if (bringsRetained(subscription, isNew)) {
        bringRetained.add(subscription);
      }
      reasonCodes.add(granted(requested.maximumQoS()));
    }
    grant(client.session(), List.copyOf(granted.values()));
    retainedDelivery.bring(client, bringRetained, new SubAck(packet.packetId(), reasonCodes));
    for (Subscription subscription : bringRetained) {
      sysTopics.show(client, subscription);
    }
  }

  /// An answer that is larger than its client takes [MQTT-3.1.2-24] cannot be given, and nothing in
  /// it can be left out: the connection ends before anything is done.
  private boolean canHear(Client client, Packet answer) {
    if (client.takes(answer)) {
      return true;
    }
    answers.disconnect(
        client.connection(),
        ReasonCode.PACKET_TOO_LARGE,
        "the answer would be larger than the client's maximum packet size");
    return false;
  }

  /// As long as all reason codes.
  private static List<ReasonCode> anyCodes(int count) {
    return Collections.nCopies(count, ReasonCode.SUCCESS);
  }

  private void grant(Session session, List<Subscription> granted) {
    openShared(granted);
    if (session.isDurable() && !granted.isEmpty()) {
      journal.commit(new Subscribed(session.queueNumber(), granted));
    } else {
      granted.forEach(subscription -> journal.state().subscribe(session, subscription));
    }
    for (Subscription subscription : granted) {
      effects.observe(
          new Event.Subscribed(
              session.clientId(), subscription.filter(), subscription.maximumQoS().level()));
    }
  }

  private Optional<ReasonCode> refusal(Session session, int more, String filter) {
    boolean valid =
        SharedFilter.isShared(filter)
            ? SharedFilter.parse(filter)
                .filter(shared -> shared.filter().levels().size() <= limits.topicLevelsMax())
                .isPresent()
            : TopicFilter.parse(filter)
                .filter(parsed -> parsed.levels().size() <= limits.topicLevelsMax())
                .isPresent();
    if (!valid) {
      return Optional.of(ReasonCode.TOPIC_FILTER_INVALID);
    }
    boolean full =
        session.subscriptions().size() + more >= limits.subscriptionsPerSessionMax()
            && session.subscription(filter).isEmpty();
    boolean lacksSpace =
        session.subscription(filter).isEmpty()
            && (admission.lacksMemory() || (session.isDurable() && admission.refusesNewState()));
    return full || lacksSpace ? Optional.of(ReasonCode.QUOTA_EXCEEDED) : Optional.empty();
  }

  private static ReasonCode granted(QoS qos) {
    return switch (qos) {
      case AT_MOST_ONCE -> ReasonCode.SUCCESS;
      case AT_LEAST_ONCE -> ReasonCode.GRANTED_QOS_1;
      case EXACTLY_ONCE -> ReasonCode.GRANTED_QOS_2;
    };
  }

  /// A bridge gets nothing back that it published, and sees retain as published.
  private static Subscription subscription(Client client, Subscribe packet, Requested requested) {
    return new Subscription(
        requested.filter(),
        requested.maximumQoS(),
        requested.noLocal() || (client.isBridge() && !SharedFilter.isShared(requested.filter())),
        requested.retainAsPublished() || client.isBridge(),
        requested.retainHandling(),
        packet.subscriptionIdentifier());
  }

  private static boolean bringsRetained(Subscription subscription, boolean isNew) {
    if (SharedFilter.isShared(subscription.filter())) {
      return false;
    }
    return switch (subscription.retainHandling()) {
      case SEND -> true;
      case SEND_IF_NEW -> isNew;
      case DO_NOT_SEND -> false;
    };
  }

  private void openShared(List<Subscription> granted) {
    for (Subscription subscription : granted) {
      if (SharedFilter.isShared(subscription.filter())
          && journal.state().shared().get(subscription.filter()) == null) {
        int number = journal.state().numbers().take(journal.log().durable());
        journal.commit(new SharedOpened(number, subscription.filter(), limits.windowMax()));
      }
    }
  }

  void unsubscribe(Client client, Unsubscribe packet) {
    Session session = client.session();
    if (!canHear(client, new UnsubAck(packet.packetId(), anyCodes(packet.filters().size())))) {
      return;
    }
    List<ReasonCode> reasonCodes = new ArrayList<>(packet.filters().size());
    List<String> ended = new ArrayList<>();
    for (String filter : packet.filters()) {
      boolean existed = session.subscription(filter).isPresent() && !ended.contains(filter);
      reasonCodes.add(existed ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED);
      if (existed) {
        ended.add(filter);
        effects.observe(new Event.Unsubscribed(session.clientId(), filter));
      }
    }
    List<SharedSubscription> left = new ArrayList<>(0);
    for (String filter : ended) {
      SharedSubscription shared = journal.state().shared().get(filter);
      if (shared != null) {
        left.add(shared);
      }
    }
    if (session.isDurable() && !ended.isEmpty()) {
      journal.commit(new Unsubscribed(session.queueNumber(), ended));
    } else {
      long end = journal.log().end();
      ended.forEach(filter -> journal.state().unsubscribe(session, filter, end));
    }
    left.forEach(sessions::endIfEmpty);
    UnsubAck answer = new UnsubAck(packet.packetId(), reasonCodes);
    if (session.isDurable()) {
      answers.whenDurable(client.connection(), answer);
    } else {
      answers.inTurn(client.connection(), answer);
    }
  }
}
