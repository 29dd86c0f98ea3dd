package io.holdfast.simulator.checker;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.simulator.workload.World;

/// P5: messages of one publisher on one topic at one QoS reach each consumer in their order.
///
/// It is the first arrival of each that counts. What a publisher sent twice at QoS 1 is two
/// messages: for who was not there for the first of them, the second may come behind later ones. So
/// may what was sent twice at QoS 2 where it is handed on at QoS 0, and the first got lost. Shared
/// subscriptions have no order among their members, and retained messages come when they are asked
/// for: where what came as retained may have been the first of two copies, the second may be late.
/// And what was refused for want of space or room, and sent again because nobody heard that, has
/// its place where it was taken.
final class OrderCheck {
  private final World world;
  private final BrokerSettings settings;

  OrderCheck(World world, BrokerSettings settings) {
    this.world = world;
    this.settings = settings;
  }

  /// A message came as a new one.
  void arrived(Arrival arrival) {
    SessionView session = arrival.session();
    Message message = arrival.message();
    if (arrival.asRetained()) {
      session.cameAsRetained.add(message.number());
      return;
    }
    if (message.isShared() || message.isWill()) {
      return;
    }
    int key = message.line * 3 + arrival.packet().qos().level();
    int newest = session.newest.getOrDefault(key, 0);
    if (message.numberInLine > newest) {
      session.newest.put(key, message.numberInLine);
    } else if (session.arrivals(message) == 1 && !mayComeLate(arrival)) {
      throw world.violation(
          "P5",
          "%s got, after number %d of its line, number %d: %s"
              .formatted(arrival.client(), newest, message.numberInLine, message));
    }
  }

  private boolean mayComeLate(Arrival arrival) {
    Message message = arrival.message();
    if (message.mayHaveBeenRefused) {
      return true;
    }
    boolean atMostOnce = arrival.packet().qos() == QoS.AT_MOST_ONCE;
    if (message.transmissions == 1 || !(atMostOnce || message.qos() == QoS.AT_LEAST_ONCE)) {
      return false;
    }
    boolean firstMayBeLost =
        atMostOnce || message.expirySeconds() >= 0 || settings.queueLimit().messagesMaximum() > 0;
    return firstMayBeLost
        || arrival.session().cameAsRetained.contains(message.number())
        || !wasThereBefore(arrival);
  }

  /// Whether the receiver wanted the message surely, from before it was sent first.
  private static boolean wasThereBefore(Arrival arrival) {
    for (Interest interest : arrival.session().interests()) {
      if (interest.coversSurely(arrival.message(), arrival.client())
          && interest.lowestQoS(arrival.message(), arrival.tick()) != QoS.AT_MOST_ONCE) {
        return true;
      }
    }
    return false;
  }
}
