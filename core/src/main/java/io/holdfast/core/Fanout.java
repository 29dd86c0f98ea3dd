package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Group;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.SetDefined;
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.routing.Router.Routed;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.routing.TargetSet;
import io.holdfast.core.session.Session;
import io.holdfast.log.Grant;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gives a message to all that want it.
///
/// A message that a durable queue wants, or that is retained, becomes a record, and is acknowledged
/// when that is durable. One that only transient sessions want goes straight on: at once, or as a
/// broadcast where there are more of them than one turn serves.
final class Fanout {
  private static final int CLEARED_AT_ONCE_MAX = 1000;
  private static final int[] NONE = new int[0];
  private static final Targets NOBODY = new Targets.None();

  private final Journal journal;
  private final Delivery delivery;
  private final Broadcasts broadcasts;
  private final FullQueues full;
  private final BrokerSettings settings;

  Fanout(
      Journal journal,
      Delivery delivery,
      Broadcasts broadcasts,
      FullQueues full,
      BrokerSettings settings) {
    this.journal = journal;
    this.delivery = delivery;
    this.broadcasts = broadcasts;
    this.full = full;
    this.settings = settings;
  }

  /// What became of a message: whether anybody wanted it, and whether its answer waits for a
  /// record.
  enum Accepted {
    UNWANTED(false, false),
    UNWANTED_BUT_RECORDED(false, true),
    HANDED_ON(true, false),
    RECORDED(true, true);

    private final boolean wanted;
    private final boolean mustBeDurable;

    Accepted(boolean wanted, boolean mustBeDurable) {
      this.wanted = wanted;
      this.mustBeDurable = mustBeDurable;
    }

    boolean isWanted() {
      return wanted;
    }

    boolean mustBeDurable() {
      return mustBeDurable;
    }

    static Accepted of(boolean wanted, boolean mustBeDurable) {
      if (wanted) {
        return mustBeDurable ? RECORDED : HANDED_ON;
      }
      return mustBeDurable ? UNWANTED_BUT_RECORDED : UNWANTED;
    }
  }

  /// Takes a message in.
  ///
  /// @param expirySeconds -1 where it does not expire
  /// @param source the QoS 2 exchange it came by, where that has to be remembered
  /// @param willOf whose will it is
  /// @param publisher who does not want it back, if it said so
  Accepted accept(
      QoS qos,
      boolean retain,
      long expirySeconds,
      Optional<Source> source,
      Optional<String> willOf,
      Bytes topic,
      Bytes passedOn,
      Bytes payload,
      @Nullable Session publisher) {
    Routed routed = journal.state().router().targets(topic, publisher);
    boolean isEntry = becomesEntry(qos, routed.durable());
    int bytes = topic.length() + passedOn.length() + payload.length() + Publishing.RECORD_BYTES;
    boolean isKept = isKept(qos, retain, topic, bytes, routed);
    Published message =
        new Published(
            journal.nowMillis(),
            expirySeconds < 0 ? LogRecord.NEVER : journal.nowMillis() + expirySeconds * 1000,
            qos,
            retain,
            settings.queuesQoS0(),
            source,
            willOf,
            isEntry ? named(routed.durable()) : NOBODY,
            isEntry ? full.withoutRoom(qos, topic, routed.durable()) : NONE,
            topic,
            passedOn,
            payload);
    long position = 0;
    if (isKept) {
      position = journal.commit(message);
    } else if (source.isPresent() || willOf.isPresent()) {
      journal.commit(withoutMessage(message));
    }
    if (handOn(message, routed, position)) {
      slow(publisher);
    }
    return Accepted.of(!routed.isEmpty(), isEntry || retain || source.isPresent());
  }

  /// Whether a message would be put into the log.
  ///
  /// @param bytes of its record
  boolean needsRecord(
      QoS qos, boolean retain, Bytes topic, int bytes, @Nullable Session publisher) {
    Routed routed = journal.state().router().targets(topic, publisher);
    return isKept(qos, retain, topic, bytes, routed);
  }

  /// How full the queues are that want a message, as `FullQueues.fullness` has it.
  double fullness(QoS qos, Bytes topic, @Nullable Session publisher) {
    return full.fullness(qos, topic, journal.state().router().targets(topic, publisher).durable());
  }

  /// On a broadcast's way a transient session may fall behind. Where there is no space for that,
  /// the message goes to all at once.
  private boolean isKept(QoS qos, boolean retain, Bytes topic, int bytes, Routed routed) {
    return retain
        || becomesEntry(qos, routed.durable())
        || (isBroadcast(qos, settings.queuesQoS0(), topic, routed)
            && mayWait(qos, routed.transients())
            && journal.log().grant(bytes) == Grant.GRANTED)
        || waits(qos, routed.transients());
  }

  /// Whether it takes more than a turn to hand the message on, or another that does is before it.
  private boolean isBroadcast(QoS qos, boolean queuesQoS0, Bytes topic, Routed routed) {
    int countMax = settings.limits().deliveriesPerTurnMax();
    return (!broadcasts.isEmpty() && broadcasts.isUnderWay(topic))
        || (routed.transients().count() + routed.durable().count() > countMax
            && handedOn(qos, queuesQoS0, routed) > countMax);
  }

  /// To how many the message goes straight.
  private static int handedOn(QoS qos, boolean queuesQoS0, Routed routed) {
    int count = routed.transients().count();
    for (Group group : routed.durable().groups()) {
      count += Entries.becomesEntry(qos, group.option(), queuesQoS0) ? 0 : group.queues().length;
    }
    return count;
  }

  private static boolean mayWait(QoS qos, TargetSet transients) {
    for (Group group : transients.groups()) {
      if (mayWait(qos, group.option())) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayWait(QoS qos, Option option) {
    return QoS.lower(qos, option.granted()) != QoS.AT_MOST_ONCE;
  }

  private boolean becomesEntry(QoS qos, TargetSet durable) {
    for (Group group : durable.groups()) {
      if (Entries.becomesEntry(qos, group.option(), settings.queuesQoS0())) {
        return true;
      }
    }
    return false;
  }

  /// Whether a transient session is behind, so that the message has to wait for it in the log.
  private boolean waits(QoS qos, TargetSet transients) {
    for (Group group : transients.groups()) {
      for (int number : mayWait(qos, group.option()) ? group.queues() : NONE) {
        Queue queue = journal.state().numbers().get(number);
        if (queue != null && queue.isBehind()) {
          return true;
        }
      }
    }
    return false;
  }

  /// How the record names the targets. A set is logged once, before it is first named.
  private Targets named(TargetSet targets) {
    if (targets.count() > 1 && targets.number() == 0) {
      journal.commit(new SetDefined(journal.state().router().nextNumber(), targets.groups()));
    }
    return targets.named();
  }

  /// Nobody will read the message, but that it came has to be remembered.
  private static Published withoutMessage(Published message) {
    return new Published(
        message.atMillis(),
        LogRecord.NEVER,
        message.qos(),
        false,
        message.queuesQoS0(),
        message.source(),
        message.willOf(),
        NOBODY,
        NONE,
        Bytes.EMPTY,
        Bytes.EMPTY,
        Bytes.EMPTY);
  }

  /// Retained messages whose time is over are cleared, as a publisher would, but for nobody to see.
  void clearExpired() {
    for (String topic :
        journal.state().retained().expired(journal.nowMillis(), CLEARED_AT_ONCE_MAX)) {
      journal.commit(
          new Published(
              journal.nowMillis(),
              LogRecord.NEVER,
              QoS.AT_MOST_ONCE,
              true,
              false,
              Optional.empty(),
              Optional.empty(),
              NOBODY,
              NONE,
              Bytes.utf8(topic),
              Bytes.EMPTY,
              Bytes.EMPTY));
    }
  }

  /// Hands on a message that is in no record.
  void handOn(Published message, Routed routed) {
    handOn(message, routed, 0);
  }

  /// To all for whom it does not become an entry of a durable queue, at once or in turns. True
  /// where it is in turns.
  ///
  /// @param position of its record, 0 where it has none
  private boolean handOn(Published message, Routed routed, long position) {
    QoS qos = message.qos();
    if (isBroadcast(qos, message.queuesQoS0(), message.topic(), routed)) {
      if (position != 0 || !mayWait(qos, routed.transients())) {
        return begin(message, routed, position);
      }
      broadcasts.finish(message.topic(), this::hand);
    }
    for (Group group : routed.durable().groups()) {
      if (!becomesEntry(message, group)) {
        handOn(message, group, position);
      }
    }
    for (Group group : routed.transients().groups()) {
      handOn(message, group, position);
    }
    return false;
  }

  private static boolean becomesEntry(Published message, Group group) {
    return Entries.becomesEntry(message.qos(), group.option(), message.queuesQoS0());
  }

  private void handOn(Published message, Group group, long position) {
    for (int number : group.queues()) {
      handOn(message, number, group.option(), position);
    }
  }

  /// It goes straight, but where a transient session is behind: there it waits, where it lies in
  /// the log.
  private void handOn(Published message, int number, Option option, long position) {
    Queue queue = journal.state().numbers().get(number);
    if (queue == null) {
      return;
    }
    if (!mayWait(message.qos(), option) || !queue.isBehind()) {
      handOn(message, number, option);
    } else if (!full.dropsFor(queue, message.topic())) {
      Invariant.check(position != 0, "what waits for a transient session lies in the log");
      journal.state().entries().enqueueTransient(queue, position, message, option);
    }
  }

  // In turns

  /// False where it is for nobody.
  private boolean begin(Published message, Routed routed, long position) {
    List<Group> groups = new ArrayList<>();
    for (Group group : routed.durable().groups()) {
      if (!becomesEntry(message, group)) {
        groups.add(group);
      }
    }
    groups.addAll(routed.transients().groups());
    if (groups.isEmpty()) {
      return false;
    }
    broadcasts.makeRoom(Broadcast.bytes(message), this::hand);
    broadcasts.add(
        new Broadcast(
            owned(message), position, delivery.newestClient(), journal.log().end(), groups));
    return true;
  }

  /// What of the message has to be known to hand it on.
  private static Published owned(Published message) {
    return new Published(
        message.atMillis(),
        message.expiresAtMillis(),
        message.qos(),
        message.retain(),
        message.queuesQoS0(),
        Optional.empty(),
        Optional.empty(),
        NOBODY,
        NONE,
        message.topic().copy(),
        message.passedOn().copy(),
        message.payload().copy());
  }

  /// Who publishes more than can be handed on is slowed down.
  private void slow(@Nullable Session publisher) {
    Client client = publisher == null ? null : delivery.consumerOf(publisher.queue());
    if (client != null) {
      client.fullness = Math.max(client.fullness, broadcasts.fullness());
    }
  }

  /// Broadcasts go on: by a turn's bound, or half of it where others are ready. Gives by how many
  /// messages.
  int goOn() {
    int max = settings.limits().deliveriesPerTurnMax();
    return broadcasts.goOn(delivery.isAnyReady() ? (max + 1) / 2 : max, this::hand);
  }

  private void hand(Broadcast broadcast, int number, Option option) {
    if (isFor(broadcast, number)) {
      handOn(broadcast.message(), number, option, broadcast.position());
    }
  }

  /// Whether the number is still that of a queue which was there when the message came.
  private boolean isFor(Broadcast broadcast, int number) {
    SharedSubscription shared = journal.state().numbers().shared(number);
    if (shared != null) {
      return shared.queue().bornAt() < broadcast.queuesUntil();
    }
    Queue queue = journal.state().numbers().get(number);
    Client client = queue == null ? null : delivery.consumerOf(queue);
    return client != null && client.number <= broadcast.clientsUntil();
  }

  /// Hands a message that is in no queue to the consumer of queue `number`, if it has one.
  void handOn(Published message, int number, Option option) {
    Session session = journal.state().numbers().session(number);
    SharedSubscription shared = journal.state().numbers().shared(number);
    if (session != null) {
      delivery.direct(session, option, message);
    } else if (shared != null) {
      handToMember(message, shared);
    }
  }

  /// To the member whose turn it is of those who are there, preferably one that keeps up.
  private void handToMember(Published message, SharedSubscription shared) {
    Session chosen = null;
    for (Session member : shared.members().keySet()) {
      Client client = delivery.consumerOf(member.queue());
      if (client != null && delivery.takesMore(client)) {
        chosen = member;
        break;
      }
      if (client != null && chosen == null) {
        chosen = member;
      }
    }
    Subscription subscription = chosen == null ? null : shared.members().get(chosen);
    if (chosen != null && subscription != null) {
      shared.tookItsTurn(chosen);
      delivery.direct(chosen, SharedDelivery.optionOf(subscription), message);
    }
  }
}
