package io.holdfast.simulator.checker;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.simulator.workload.World;
import java.util.Collection;
import java.util.List;

/// P3 and P6, as far as they are about limits: a message leaves a queue unhandled only because it
/// expired and had to, because it is too large for its consumer, or because the queue was full.
///
/// Whether a queue may have been full is judged by what may have entered it and what came out.
final class LimitsCheck {
  /// What a PUBLISH has beyond its payload, its topic and what is passed on, at most.
  private static final int OVERHEAD_BYTES_MAX = 60;

  /// More than the simulated network holds anything back for.
  private static final long UNDER_WAY_MILLIS = 30_000;

  private final World world;
  private final BrokerSettings settings;

  LimitsCheck(World world, BrokerSettings settings) {
    this.world = world;
    this.settings = settings;
  }

  private boolean queuesAreLimited() {
    return settings.queueLimit().messagesMaximum() > 0;
  }

  /// What is retained may enter, and what is on its way to the broker and comes in behind.
  void asked(SessionView session, Interest interest, List<Message> messages, int retained) {
    if (queuesAreLimited()) {
      int before = session.mayHaveEntered;
      session.mayHaveEntered += retained;
      session.mayHaveHadCursor |= retained > 0;
      for (Message message : messages) {
        if (mayBeEntry(message)
            && isMaybeUnderWay(message)
            && interest.matches(message.topic())
            && message.cameOutBefore.putIfAbsent(session, session.cameOut) == null) {
          session.mayHaveEntered++;
          message.enteredBefore.put(session, before);
        }
      }
    }
  }

  private boolean mayBeEntry(Message message) {
    return message.qos() != QoS.AT_MOST_ONCE || settings.queuesQoS0();
  }

  private boolean isMaybeUnderWay(Message message) {
    return message.firstSent != 0
        && message.accepted == 0
        && world.latestMillis() - message.firstSentMillis < UNDER_WAY_MILLIS;
  }

  /// It may enter the queues of all whose subscriptions it matches.
  void sent(Message message, List<Message> messages, Collection<ClientView> clients) {
    if (queuesAreLimited() && mayBeEntry(message)) {
      for (ClientView client : clients) {
        SessionView session = client.sessionOrNull();
        if (session != null && session.matches(message.topic())) {
          session.mayHaveEntered++;
          if (message.transmissions == 1) {
            message.cameOutBefore.put(session, session.cameOut);
            message.enteredBefore.put(
                session, session.mayHaveEntered - maybeUnderWay(messages, session, message));
          }
        }
      }
    }
  }

  /// How many messages that were sent before may enter the queue behind `sent`.
  private int maybeUnderWay(List<Message> messages, SessionView session, Message sent) {
    int count = 0;
    for (Message message : dropsOldest() ? messages : List.<Message>of()) {
      if (message.number() != sent.number()
          && mayBeEntry(message)
          && isMaybeUnderWay(message)
          && session.matches(message.topic())) {
        count += message.transmissions;
      }
    }
    return count;
  }

  private boolean dropsOldest() {
    return settings.queueLimit().mayDropOldest();
  }

  /// Whoever's queue may have been full meanwhile may miss it, unless its publisher would have been
  /// told.
  void accepted(Message message, Collection<ClientView> clients) {
    if (queuesAreLimited() && !isRejectedWhereFull(message)) {
      for (ClientView client : clients) {
        SessionView session = client.sessionOrNull();
        if (session != null
            && mayBeFull(session, message)
            && (!dropsOldest() || session.mayHaveHadCursor)) {
          session.droppable.set(message.number());
        }
      }
    }
  }

  private boolean mayBeFull(SessionView session, Message message) {
    return session.mayHaveEntered - message.cameOutBefore.getOrDefault(session, 0)
        > settings.queueLimit().messagesMaximum();
  }

  /// The publisher of a will is gone, and cannot be told.
  private boolean isRejectedWhereFull(Message message) {
    return settings.queueLimit().mayReject() && !message.isWill();
  }

  /// Whether a queue may be full for which the message is refused. Of sessions that their clients
  /// have lost sight of, and of shared subscriptions, that is not known.
  boolean mayBeRejected(Message message, Collection<ClientView> clients) {
    return isRejectedWhereFull(message)
        && (message.isShared()
            || clients.stream()
                .map(ClientView::sessionOrNull)
                .anyMatch(session -> session == null || mayBeFull(session, message)));
  }

  /// Whether `session` may miss the message for a reason that the user or MQTT has set.
  boolean mayMiss(SessionView session, Message message) {
    return mayHaveExpired(message)
        || mayBeTooLarge(message, session.packetBytesLeast)
        || session.droppable.get(message.number())
        || mayBeDisplaced(session, message);
  }

  /// The oldest message makes room only where as many newer ones wait as the queue may hold.
  private boolean mayBeDisplaced(SessionView session, Message message) {
    int before = message.enteredBefore.getOrDefault(session, 0);
    int until = message.enteredUntil.getOrDefault(session, session.mayHaveEntered);
    return dropsOldest() && until - before >= settings.queueLimit().messagesMaximum();
  }

  /// What stood before it has been sent, or has made room, by now.
  void cameOut(Arrival arrival, List<Message> messages) {
    if (!dropsOldest() || arrival.asRetained() || arrival.packet().qos() == QoS.AT_MOST_ONCE) {
      return;
    }
    SessionView session = arrival.session();
    for (Message message : messages) {
      if (message.accepted != 0 && message.accepted < arrival.message().firstSent) {
        message.enteredUntil.putIfAbsent(session, session.mayHaveEntered);
      }
    }
  }

  /// The same for a shared subscription.
  boolean mayMiss(SharedGroups.Group group, Message message) {
    return mayHaveExpired(message)
        || mayBeTooLarge(message, group.packetBytesLeast)
        || (queuesAreLimited() && !isRejectedWhereFull(message))
        || message.refusedByMember;
  }

  boolean mayHaveExpired(Message message) {
    return message.expirySeconds() >= 0
        && world.latestMillis() - message.firstSentMillis >= message.expirySeconds() * 1000;
  }

  private static boolean mayBeTooLarge(Message message, long packetBytesMax) {
    return packetBytesMax
        < (long) message.payload().length()
            + message.topic().length()
            + message.passedOn().length()
            + OVERHEAD_BYTES_MAX;
  }

  /// What is left of a message's time is never more than it had, nor less than time can have gone
  /// by; and what has none left is not sent for the first time.
  void arrived(Arrival arrival, ProtocolVersion version) {
    if (!version.isV5()) {
      return;
    }
    Message message = arrival.message();
    long left = arrival.packet().messageExpirySeconds();
    if (message.expirySeconds() < 0) {
      if (left >= 0) {
        throw world.violation(
            "P3", arrival.client() + " got with an expiry of " + left + " s " + message);
      }
      return;
    }
    long leastMillis =
        message.expirySeconds() * 1000 - (world.latestMillis() - message.firstSentMillis);
    if (left < 0 || left > message.expirySeconds() || left * 1000 < leastMillis) {
      throw world.violation(
          "P3",
          "%s got with %d s left, of %d s, %s"
              .formatted(arrival.client(), left, message.expirySeconds(), message));
    }
    if (left == 0 && !arrival.packet().dup()) {
      throw world.violation(
          "P3", arrival.client() + " got for the first time what has expired: " + message);
    }
  }
}
