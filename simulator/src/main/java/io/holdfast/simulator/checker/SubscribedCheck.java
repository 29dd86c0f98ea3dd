package io.holdfast.simulator.checker;

import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.topic.SharedFilter;
import io.holdfast.protocol.topic.TopicFilter;
import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;

/// P2: what SUBACK, UNSUBACK and CONNACK say is so, across crashes.
///
/// A session is present exactly when it has to be; a subscription brings what comes after its
/// SUBACK (the lost ones are found by `PublishedCheck`) and nothing that came before its SUBSCRIBE
/// or after its UNSUBACK; nothing of an ended session comes.
final class SubscribedCheck {
  private final World world;

  SubscribedCheck(World world) {
    this.world = world;
  }

  /// How sure a client can be that it has a session.
  enum Presence {
    ABSENT,
    UNCERTAIN,
    PRESENT
  }

  void sessionPresent(String client, Presence expected, boolean present, String why) {
    if (expected == Presence.PRESENT && !present) {
      throw world.violation("P2", "the session of " + client + " is gone, though " + why);
    }
    if (expected == Presence.ABSENT && present) {
      throw world.violation("P2", "the session of " + client + " is present, though " + why);
    }
  }

  /// Each filter is granted as it was asked for, or refused because it is none.
  void granted(String client, Subscribe asked, SubAck answer) {
    if (asked.filters().size() != answer.reasonCodes().size()) {
      throw world.violation(
          "P2", "%s asked %s and was answered %s".formatted(client, asked, answer));
    }
    for (int i = 0; i < asked.filters().size(); i++) {
      Requested requested = asked.filters().get(i);
      ReasonCode code = answer.reasonCodes().get(i);
      boolean isRight =
          isValid(requested.filter())
              ? code.code() == requested.maximumQoS().level()
              : code.isFailure();
      if (isValid(requested.filter()) && code.isFailure() && world.mayLackSpace()) {
        world.reached(Reached.SUBSCRIPTION_REFUSED_FOR_SPACE);
      } else if (!isRight) {
        throw world.violation(
            "P2", "%s asked for %s and was granted %s".formatted(client, requested, code));
      }
    }
  }

  /// Where there is no space only what is new is refused.
  void refused(String client, Interest interest) {
    if (interest.granted != 0 && interest.givenUp == 0) {
      throw world.violation(
          "P6", "%s is refused the subscription that it has: %s".formatted(client, interest));
    }
  }

  static boolean isValid(String filter) {
    return SharedFilter.isShared(filter)
        ? SharedFilter.parse(filter).isPresent()
        : TopicFilter.parse(filter).isPresent();
  }

  void unsubscribed(String client, Unsubscribe asked, UnsubAck answer, boolean[] surelyThere) {
    if (asked.filters().size() != answer.reasonCodes().size()) {
      throw world.violation(
          "P2", "%s asked %s and was answered %s".formatted(client, asked, answer));
    }
    for (int i = 0; i < surelyThere.length; i++) {
      if (surelyThere[i] && answer.reasonCodes().get(i) != ReasonCode.SUCCESS) {
        throw world.violation(
            "P2",
            "%s had a subscription to %s, and ending it is answered with %s"
                .formatted(client, asked.filters().get(i), answer.reasonCodes().get(i)));
      }
    }
  }

  /// A message comes only by a subscription of this session that may cover it, and at its QoS.
  void arrived(Arrival arrival) {
    Message message = arrival.message();
    QoS highest = QoS.AT_MOST_ONCE;
    QoS lowest = QoS.AT_MOST_ONCE;
    boolean covered = false;
    boolean mayShowRetain = false;
    for (Interest interest : arrival.session().interests()) {
      boolean may =
          arrival.mayPrecedeSubscription()
              ? interest.matches(message.topic())
              : interest.mayCover(message, arrival.tick());
      if (may) {
        covered = true;
        mayShowRetain |= interest.mayShowRetain(message, arrival.tick());
        highest = higher(highest, interest.highestQoS(message, arrival.tick()));
        if (interest.coversSurely(message, arrival.client())) {
          lowest = higher(lowest, interest.lowestQoS(message, arrival.tick()));
        }
      }
    }
    if (!covered) {
      throw world.violation(
          "P2",
          "%s got what none of its subscriptions covers %s: %s"
              .formatted(arrival.client(), arrival.session().interests(), message));
    }
    if (arrival.packet().retain() && !mayShowRetain) {
      throw world.violation(
          "P2", arrival.client() + " got, with retain set, which it does not want: " + message);
    }
    int qos = arrival.packet().qos().level();
    if (!arrival.mayPrecedeSubscription()
        && (qos > QoS.lower(highest, message.qos()).level()
            || qos < QoS.lower(lowest, message.qos()).level())) {
      throw world.violation(
          "P2",
          "%s got at QoS %d, with subscriptions %s, %s"
              .formatted(arrival.client(), qos, arrival.session().interests(), message));
    }
    identifiers(arrival);
  }

  private void identifiers(Arrival arrival) {
    SubscriptionIdentifiers identifiers = arrival.packet().subscriptionIdentifiers();
    for (int i = 0; i < identifiers.count(); i++) {
      boolean known = false;
      for (Interest interest : arrival.session().interests()) {
        known |=
            interest.matches(arrival.message().topic())
                && interest.mayHaveIdentifier(identifiers.at(i));
      }
      if (!known) {
        throw world.violation(
            "P2",
            "%s got subscription identifier %d, which is none of its own, with %s"
                .formatted(arrival.client(), identifiers.at(i), arrival.message()));
      }
    }
    if (identifiers.count() > 0) {
      world.reached(Reached.SUBSCRIPTION_IDENTIFIERS);
    }
  }

  private static QoS higher(QoS one, QoS other) {
    return one.level() >= other.level() ? one : other;
  }
}
