package io.holdfast.simulator.checker;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.simulator.checker.SessionView.Held;
import io.holdfast.simulator.checker.SharedGroups.Group;
import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// P4: at QoS 2 no message crosses either leg twice, whatever crashes, as long as the client keeps
/// its half; at QoS 1 it comes again only where an acknowledgement may have been forgotten, and
/// then with DUP.
///
/// What is a message that the receiver knows, and what a new one, is decided as a receiver can:
/// - At QoS 2 by the packet identifiers that are open.
/// - At QoS 1 a PUBLISH with DUP on a later connection is known if it is what came last under its
///   packet identifier, and the broker may have forgotten the PUBACK. Everything else is new.
///
/// A message comes as a new one once, or at QoS 1 as often as its publisher sent it, since nobody
/// can tell that one from another. What is handed on at QoS 0 does not wait for the disk: a broker
/// that dies meanwhile takes the message again, or finds the will still there, and hands it on
/// again; one that keeps messages at QoS 0 in queues may hand on again each copy that it has taken.
final class ExactlyOnceCheck {
  private final World world;
  private final BrokerSettings settings;

  ExactlyOnceCheck(World world, BrokerSettings settings) {
    this.world = world;
    this.settings = settings;
  }

  /// Whether it is a new message for its receiver.
  boolean arrived(Arrival arrival) {
    boolean known =
        switch (arrival.packet().qos()) {
          case AT_MOST_ONCE -> false;
          case AT_LEAST_ONCE -> isKnown(arrival);
          case EXACTLY_ONCE -> isOpen(arrival);
        };
    if (known) {
      world.reached(Reached.RESENT_WITH_DUP);
      return false;
    }
    if (!arrival.asRetained() && !arrival.message().isShared()) {
      count(arrival);
    }
    return true;
  }

  private boolean isKnown(Arrival arrival) {
    SessionView session = arrival.session();
    int packetId = arrival.packet().packetId();
    Held known = session.last.get(packetId);
    boolean isKnown =
        known != null
            && arrival.packet().dup()
            && known.message() == arrival.message()
            && known.connection() < arrival.connection();
    session.last.put(packetId, held(arrival, isKnown ? known : null));
    return isKnown;
  }

  private boolean isOpen(Arrival arrival) {
    SessionView session = arrival.session();
    int packetId = arrival.packet().packetId();
    Held open = session.open.get(packetId);
    if (open != null
        && (!arrival.packet().dup()
            || open.message() != arrival.message()
            || open.connection() == arrival.connection())) {
      throw world.violation(
          "P4",
          "%s got, %s DUP, %s under packet id %d, which is open for %s"
              .formatted(
                  arrival.client(),
                  arrival.packet().dup() ? "with" : "without",
                  arrival.message(),
                  packetId,
                  open.message()));
    }
    session.open.put(packetId, held(arrival, open));
    return open != null;
  }

  /// What comes again comes in the order in which it came first. What came for the first time with
  /// DUP has no place in it: it may have left the queue, and be back since a crash forgot that. Nor
  /// has what its publisher sent twice: this may be the other copy.
  private Held held(Arrival arrival, @Nullable Held known) {
    SessionView session = arrival.session();
    if (known == null) {
      int order =
          session.newOrder(arrival.message(), arrival.packet().packetId(), arrival.packet().dup());
      return new Held(arrival.message(), arrival.connection(), order);
    }
    boolean isOneOfTwo =
        arrival.packet().qos() == QoS.AT_LEAST_ONCE && arrival.message().transmissions > 1;
    if (known.order() == SessionView.UNORDERED || isOneOfTwo) {
      return new Held(arrival.message(), arrival.connection(), SessionView.UNORDERED);
    }
    if (known.order() <= session.cameAgainLast) {
      throw world.violation(
          "P5",
          "%s got again, after number %d of all, number %d: %s"
              .formatted(
                  arrival.client(), session.cameAgainLast, known.order(), arrival.message()));
    }
    session.cameAgainLast = known.order();
    return new Held(arrival.message(), arrival.connection(), known.order());
  }

  private void count(Arrival arrival) {
    SessionView session = arrival.session();
    Message message = arrival.message();
    int times = session.arrived(message);
    int allowed = timesAsNew(arrival) + session.mayRepeat.getOrDefault(message.number(), 0);
    if (times > allowed) {
      throw world.violation(
          "P4",
          "%s got for the %dth time as a new message (QoS %d, packet id %d, %s DUP) %s in %s, where"
                  .formatted(
                      arrival.client(),
                      times,
                      arrival.packet().qos().level(),
                      arrival.packet().packetId(),
                      arrival.packet().dup() ? "with" : "without",
                      message,
                      session)
              + " %d are allowed".formatted(allowed));
    }
  }

  /// A message at QoS 2 that a consumer has received is released in the end.
  void check(Collection<ClientView> clients) {
    firstOpen(clients)
        .ifPresent(open -> {
          throw world.violation("P4", open);
        });
  }

  /// Says what is still open, if anything is.
  Optional<String> firstOpen(Collection<ClientView> clients) {
    for (ClientView client : clients) {
      SessionView session = client.sessionOrNull();
      if (session != null && session.ended == 0 && !session.open.isEmpty()) {
        return Optional.of(
            "%s received, and it was never released, %s"
                .formatted(client.clientId(), session.open));
      }
    }
    return Optional.empty();
  }

  private int timesAsNew(Arrival arrival) {
    Message message = arrival.message();
    int crashes = world.crashes() - message.crashesBefore;
    if (arrival.packet().qos() == QoS.AT_MOST_ONCE && crashes > 0) {
      boolean comesAgain = settings.queuesQoS0() || message.isWill();
      return comesAgain ? message.transmissions * (1 + crashes) : message.transmissions;
    }
    return message.qos() == QoS.AT_LEAST_ONCE ? message.transmissions : 1;
  }

  /// Among the members of a shared subscription a message at QoS 1 moves, one at QoS 2 does not.
  void arrivedInGroup(Arrival arrival, SharedGroups groups) {
    Message message = arrival.message();
    @Nullable Group group = groups.of(arrival.session(), message);
    if (group == null) {
      return;
    }
    int times = group.arrived(message);
    if (!group.firstReceiver(message, arrival.client()).equals(arrival.client())) {
      world.reached(Reached.SHARED_MESSAGE_MOVED);
    }
    int allowed =
        timesAsNew(arrival) + arrival.session().mayRepeat.getOrDefault(message.number(), 0);
    if (arrival.packet().qos() == QoS.EXACTLY_ONCE
        && !group.hasTransientMembers
        && times > allowed) {
      throw world.violation(
          "P4",
          "%s got, at QoS 2 and as the %dth member or time of its group, %s"
              .formatted(arrival.client(), times, message));
    }
  }
}
