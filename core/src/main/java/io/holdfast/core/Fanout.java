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
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gives a message to all that want it.
///
/// A message that a durable queue wants, or that is retained, becomes a record, and is acknowledged
/// when that is durable. One that only transient sessions want goes straight on.
final class Fanout {
  private static final int CLEARED_AT_ONCE_MAX = 1000;
  private static final int[] NONE = new int[0];
  private static final Targets NOBODY = new Targets.None();

  private final Journal journal;
  private final Delivery delivery;
  private final FullQueues full;
  private final BrokerSettings settings;

  Fanout(Journal journal, Delivery delivery, FullQueues full, BrokerSettings settings) {
    this.journal = journal;
    this.delivery = delivery;
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
    boolean isKept = isKept(qos, retain, routed);
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
    handOn(message, routed.durable());
    handOn(message, routed.transients(), position);
    return Accepted.of(!routed.isEmpty(), isEntry || retain || source.isPresent());
  }

  /// Whether a message would be put into the log.
  boolean needsRecord(QoS qos, boolean retain, Bytes topic, @Nullable Session publisher) {
    return isKept(qos, retain, journal.state().router().targets(topic, publisher));
  }

  /// How full the queues are that want a message, as `FullQueues.fullness` has it.
  double fullness(QoS qos, Bytes topic, @Nullable Session publisher) {
    return full.fullness(qos, topic, journal.state().router().targets(topic, publisher).durable());
  }

  private boolean isKept(QoS qos, boolean retain, Routed routed) {
    return retain || becomesEntry(qos, routed.durable()) || waits(qos, routed.transients());
  }

  private boolean becomesEntry(QoS qos, TargetSet durable) {
    for (Group group : durable.groups()) {
      if (becomesEntry(qos, group.option())) {
        return true;
      }
    }
    return false;
  }

  private boolean becomesEntry(QoS qos, Option option) {
    return Entries.becomesEntry(qos, option, settings.queuesQoS0());
  }

  /// Whether a transient session is behind, so that the message has to wait for it in the log.
  private boolean waits(QoS qos, TargetSet transients) {
    for (Group group : transients.groups()) {
      for (int number : group.queues()) {
        Queue queue = journal.state().numbers().get(number);
        if (queue != null && waits(qos, queue, group.option())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean waits(QoS qos, Queue queue, Option option) {
    return QoS.lower(qos, option.granted()) != QoS.AT_MOST_ONCE && queue.isBehind();
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

  /// Where it does not become an entry it goes now or not at all.
  private void handOn(Published message, TargetSet durable) {
    for (Group group : durable.groups()) {
      if (!becomesEntry(message.qos(), group.option())) {
        for (int number : group.queues()) {
          handOn(message, number, group.option());
        }
      }
    }
  }

  /// To transient sessions it goes straight, but for those that are behind: there it waits, where
  /// it lies in the log.
  private void handOn(Published message, TargetSet transients, long position) {
    for (Group group : transients.groups()) {
      for (int number : group.queues()) {
        Queue queue = journal.state().numbers().get(number);
        if (queue == null) {
          continue;
        }
        if (!waits(message.qos(), queue, group.option())) {
          handOn(message, number, group.option());
        } else if (!full.dropsFor(queue, message.topic())) {
          Invariant.check(position != 0, "what waits for a transient session lies in the log");
          journal.state().entries().enqueueTransient(queue, position, message, group.option());
        }
      }
    }
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
