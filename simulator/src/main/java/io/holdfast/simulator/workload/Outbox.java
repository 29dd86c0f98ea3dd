package io.holdfast.simulator.workload;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.simulator.checker.Ledger;
import io.holdfast.simulator.checker.Message;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/// A publisher's half of its session: what it sent and was not answered to the end. It survives
/// connections, if the client keeps its memory.
final class Outbox {
  private static final int WINDOW = 12;
  private static final int PACKET_IDS = 30;

  private final World world;
  private final Ledger ledger;
  private final boolean isV5;
  private final LinkedHashMap<Integer, Unfinished> unfinished = new LinkedHashMap<>();
  private final ArrayDeque<Integer> toResend = new ArrayDeque<>();

  /// Packet identifiers of QoS 2 messages that the broker may hold open, though nobody here knows.
  private final Set<Integer> forgotten = new LinkedHashSet<>();

  /// Packet identifiers of which PUBCOMP said that they are free, and that were not used since.
  private final Set<Integer> freed = new LinkedHashSet<>();

  private final Map<String, Integer> aliases = new HashMap<>();
  private int aliasesMax;
  private int quotaMax;
  private int quota;
  private int lastPacketId;

  /// @param isV5 whether it is told of refusals
  Outbox(World world, Ledger ledger, boolean isV5) {
    this.isV5 = isV5;
    this.world = world;
    this.ledger = ledger;
  }

  /// A message on its way to the broker.
  private static final class Unfinished {
    private final Message message;
    private boolean released;
    private boolean repeated;

    Unfinished(Message message) {
      this.message = message;
    }
  }

  boolean isEmpty() {
    return unfinished.isEmpty() && toResend.isEmpty();
  }

  /// The session is a new one.
  void discard() {
    unfinished.clear();
    toResend.clear();
    forgotten.clear();
    freed.clear();
  }

  /// The session may go on, but the client knows nothing of it.
  void forget() {
    unfinished.forEach((packetId, message) -> {
      if (message.message.qos() == QoS.EXACTLY_ONCE) {
        forgotten.add(packetId);
      }
    });
    unfinished.clear();
    toResend.clear();
    freed.clear();
    // It is free to begin with any, and chooses what is wrong if anything is.
    lastPacketId = forgotten.isEmpty() ? 0 : forgotten.iterator().next() - 1;
  }

  /// A connection begins, on which so much may be on its way at once.
  void connected(int receiveMaximum, int topicAliasMaximum) {
    aliases.clear();
    aliasesMax = topicAliasMaximum;
    quotaMax = receiveMaximum;
    quota = receiveMaximum;
    toResend.clear();
    toResend.addAll(unfinished.keySet());
    unfinished.values().forEach(again -> again.repeated = false);
  }

  int freePacketId(IntPredicate isUsed) {
    do {
      lastPacketId = lastPacketId % PACKET_IDS + 1;
    } while (unfinished.containsKey(lastPacketId) || isUsed.test(lastPacketId));
    return lastPacketId;
  }

  boolean takesMore() {
    return toResend.isEmpty() && quota > 0 && unfinished.size() < WINDOW;
  }

  /// Publishes a message for the first time.
  void publish(Message message, IntPredicate isUsed, Consumer<Packet> out) {
    int packetId = 0;
    if (message.qos() != QoS.AT_MOST_ONCE) {
      packetId = freePacketId(isUsed);
      unfinished.put(packetId, new Unfinished(message));
      freed.remove(packetId);
      quota--;
      if (message.qos() == QoS.EXACTLY_ONCE && forgotten.remove(packetId)) {
        world.reached(Reached.OPEN_ID_REUSED);
      }
    }
    send(message, packetId, false, out);
  }

  private void send(Message message, int packetId, boolean dup, Consumer<Packet> out) {
    ledger.sent(message, isV5);
    int known = aliases.getOrDefault(message.topic(), 0);
    int alias = known;
    if (known == 0 && aliases.size() < aliasesMax && world.random().nextBoolean()) {
      alias = aliases.size() + 1;
      aliases.put(message.topic(), alias);
    } else if (known != 0) {
      world.reached(Reached.ALIAS_TO_BROKER);
    }
    out.accept(
        new Publish(
            dup,
            message.qos(),
            message.retain(),
            packetId,
            known == 0 ? Bytes.utf8(message.topic()) : Bytes.EMPTY,
            alias,
            message.expirySeconds(),
            SubscriptionIdentifiers.NONE,
            message.passedOn(),
            message.payload()));
  }

  /// Sends again, in their order, as far as the broker takes more.
  void resend(Consumer<Packet> out) {
    while (!toResend.isEmpty()) {
      int packetId = toResend.getFirst();
      Unfinished again = unfinished.get(packetId);
      if (again == null) {
        toResend.removeFirst();
      } else if (again.released) {
        toResend.removeFirst();
        world.reached(Reached.RESUMED_RELEASE_OUT);
        out.accept(new PubRel(packetId));
      } else if (quota > 0) {
        toResend.removeFirst();
        quota--;
        world.reached(
            again.message.qos() == QoS.EXACTLY_ONCE
                ? Reached.RESUMED_QOS_2_OUT
                : Reached.RESUMED_QOS_1_OUT);
        send(again.message, packetId, true, out);
      } else {
        return;
      }
    }
  }

  /// Sends a QoS 2 message once more that is not answered yet, on the same connection: before 5.0
  /// clients may lose their patience.
  void repeat(Consumer<Packet> out) {
    for (Map.Entry<Integer, Unfinished> entry : unfinished.entrySet()) {
      Unfinished waiting = entry.getValue();
      boolean wasSent = !toResend.contains(entry.getKey());
      if (wasSent
          && waiting.message.qos() == QoS.EXACTLY_ONCE
          && !waiting.released
          && !waiting.repeated) {
        waiting.repeated = true;
        world.reached(Reached.REPEATED_ON_THE_SAME_CONNECTION);
        send(waiting.message, entry.getKey(), true, out);
        return;
      }
    }
  }

  /// A packet identifier that is free, as PUBCOMP said, and that is not in use; 0 for none.
  int freedPacketId(IntPredicate isUsed) {
    for (int packetId : freed) {
      if (!isUsed.test(packetId)) {
        return packetId;
      }
    }
    return 0;
  }

  /// PUBACK or PUBCOMP came, which ends an exchange.
  void finished(int packetId, ReasonCode reasonCode) {
    Unfinished done = unfinished.remove(packetId);
    if (done != null && !done.released) {
      answered(done.message, reasonCode);
    } else if (done != null) {
      freed.add(packetId);
    }
    quota = Math.min(quota + 1, quotaMax);
  }

  /// PUBREC came. Whether PUBREL is to follow.
  boolean received(int packetId, ReasonCode reasonCode) {
    Unfinished known = unfinished.get(packetId);
    if (known == null) {
      return true;
    }
    if (known.released) {
      return false; // It was sent twice, and this is the second answer.
    }
    answered(known.message, reasonCode);
    if (reasonCode.isFailure()) {
      unfinished.remove(packetId);
      quota = Math.min(quota + 1, quotaMax);
      return false;
    }
    known.released = true;
    return true;
  }

  private void answered(Message message, ReasonCode reasonCode) {
    if (reasonCode.isFailure()) {
      world.reached(whyRefused(message));
      ledger.refused(message);
    } else {
      ledger.accepted(message);
      if (message.retain() && message.payload().isEmpty()) {
        world.reached(Reached.RETAINED_CLEARED);
      }
    }
  }

  private Reached whyRefused(Message message) {
    if (ledger.isTooLarge(message)) {
      return Reached.REFUSED_BY_BROKER;
    }
    return world.mayLackSpace()
        ? Reached.PUBLISH_REFUSED_FOR_SPACE
        : Reached.REFUSED_FOR_A_FULL_QUEUE;
  }

  @Override
  public String toString() {
    return "%s, to be sent again %s".formatted(unfinished.keySet(), toResend);
  }
}
