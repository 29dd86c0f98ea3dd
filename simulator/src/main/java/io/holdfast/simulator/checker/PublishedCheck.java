package io.holdfast.simulator.checker;

import io.holdfast.protocol.packet.QoS;
import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// P1: what was acknowledged with success reaches every session that is still there and whose
/// subscription covered it for the whole time; P3: there is no reason to miss it but those that the
/// user or MQTT has set. What was sent at QoS 0 may be lost on its way. Judged when nothing goes
/// wrong any more and everything had its time.
final class PublishedCheck {
  private final World world;
  private final LimitsCheck limits;

  PublishedCheck(World world, LimitsCheck limits) {
    this.world = world;
    this.limits = limits;
  }

  void check(List<Message> messages, Collection<ClientView> clients, SharedGroups groups) {
    firstMissing(messages, clients, groups)
        .ifPresent(missing -> {
          throw world.violation("P1", missing);
        });
    countWhatMayBeMissed(messages, clients);
  }

  /// Says what is owed and has not come, if anything is.
  Optional<String> firstMissing(
      List<Message> messages, Collection<ClientView> clients, SharedGroups groups) {
    for (ClientView client : clients) {
      SessionView session = client.sessionOrNull();
      if (session == null || session.ended != 0 || session.interests().isEmpty()) {
        continue;
      }
      for (Message message : messages) {
        if (isOwed(session, message)
            && !session.seen.get(message.number())
            && !limits.mayMiss(session, message)) {
          return Optional.of(
              "%s never got %s, in %s with subscriptions %s"
                  .formatted(client.clientId(), message, session, session.interests()));
        }
      }
    }
    for (Map.Entry<String, SharedGroups.Group> group : groups.all().entrySet()) {
      Optional<Message> missing = firstMissing(messages, clients, group.getKey(), group.getValue());
      if (missing.isPresent()) {
        return Optional.of("no member of " + group.getKey() + " ever got " + missing.get());
      }
    }
    return Optional.empty();
  }

  /// Whether it has to become an entry of the session's queue, or find that full.
  boolean isOwed(SessionView session, Message message) {
    if (message.accepted == 0
        || message.firstSent < session.began
        || message.isShared()
        || message.payload().isEmpty()) {
      return false;
    }
    for (Interest interest : session.interests()) {
      if (interest.coversSurely(message, session.client())
          && QoS.lower(message.qos(), interest.lowestQoS(message, message.accepted))
              != QoS.AT_MOST_ONCE) {
        return true;
      }
    }
    return false;
  }

  private Optional<Message> firstMissing(
      List<Message> messages,
      Collection<ClientView> clients,
      String filter,
      SharedGroups.Group group) {
    for (Message message : messages) {
      boolean mayEndWithMember = group.membersEnd || group.hasTransientMembers;
      if (message.accepted != 0
          && message.isShared()
          && group.arrivals(message) == 0
          && !(mayEndWithMember && message.qos() == QoS.EXACTLY_ONCE)
          && !limits.mayMiss(group, message)
          && isOwed(clients, filter, message)) {
        return Optional.of(message);
      }
    }
    return Optional.empty();
  }

  /// The shared subscription lasted because a durable session was a member of it all the time.
  static boolean isOwed(Collection<ClientView> clients, String filter, Message message) {
    for (ClientView client : clients) {
      SessionView session = client.sessionOrNull();
      if (session == null
          || session.ended != 0
          || !session.isDurable()
          || client.endsWithConnection()) {
        continue;
      }
      Optional<Interest> interest = session.current(filter);
      if (interest.isPresent() && interest.get().coversSurely(message, session.client())) {
        return true;
      }
    }
    return false;
  }

  /// So that a seed can show that limits were met.
  private void countWhatMayBeMissed(List<Message> messages, Collection<ClientView> clients) {
    for (ClientView client : clients) {
      SessionView session = client.sessionOrNull();
      if (session == null || session.ended != 0 || session.interests().isEmpty()) {
        continue;
      }
      for (Message message : messages) {
        if (isOwed(session, message) && !session.seen.get(message.number())) {
          world.reached(
              session.droppable.get(message.number())
                  ? Reached.QUEUE_FULL
                  : limits.mayHaveExpired(message)
                      ? Reached.MESSAGE_EXPIRED
                      : Reached.TOO_LARGE_FOR_CONSUMER);
        }
      }
    }
  }
}
