package io.holdfast.simulator.checker;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.QueueLimit;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.Will;
import java.util.List;
import java.util.Optional;

/// A ledger that a test tells what happened, packet by packet.
final class Told {
  private static final int BYTES = 100;
  private static final long FOR_EVER = 0xFFFF_FFFFL;

  final StillWorld world = new StillWorld();
  final Ledger ledger;

  Told() {
    this(QueueLimit.NONE, false);
  }

  /// @param queuedMessagesMaximum what the operator set, 0 for no limit
  Told(long queuedMessagesMaximum) {
    this(QueueLimit.of(queuedMessagesMaximum), false);
  }

  /// @param queuesQoS0 whether the operator has messages at QoS 0 kept too
  Told(QueueLimit queueLimit, boolean queuesQoS0) {
    BrokerSettings defaults = BrokerSettings.defaults();
    this.ledger =
        new Ledger(
            world,
            new BrokerSettings(
                defaults.receiveMaximum(),
                defaults.topicAliasMaximum(),
                defaults.maximumPacketSize(),
                defaults.messageSizeMaximum(),
                defaults.keepAliveSecondsMaximum(),
                defaults.sessionExpirySecondsMaximum(),
                queuesQoS0,
                defaults.retainAvailable(),
                defaults.sysIntervalSeconds(),
                queueLimit,
                defaults.limits()));
  }

  Message message(String topic, QoS qos) {
    return message(topic, qos, false, -1);
  }

  Message message(String topic, QoS qos, boolean retain, long expirySeconds) {
    return ledger.newMessage(
        "bob", new Message.Draft(topic, qos, retain, expirySeconds, Bytes.EMPTY, 5));
  }

  /// Published and acknowledged.
  Message published(String topic, QoS qos) {
    Message message = message(topic, qos);
    ledger.sent(message);
    ledger.accepted(message);
    return message;
  }

  /// A connection of a client, with a session that never expires.
  PacketLaw connecting(String client) {
    return connecting(client, false, FOR_EVER, Optional.empty());
  }

  PacketLaw connecting(String client, boolean clean, long expirySeconds, Optional<Message> will) {
    return connecting(client, clean, expirySeconds, -1, 65535, will);
  }

  PacketLaw connecting(
      String client,
      boolean clean,
      long expirySeconds,
      long packetBytesMax,
      int receiveMaximum,
      Optional<Message> will) {
    PacketLaw law = new PacketLaw(ledger.client(client));
    law.connecting(
        new Connect(
            ProtocolVersion.V5,
            false,
            client,
            clean,
            0,
            will.map(message ->
                new Will(
                    Bytes.utf8(message.topic()),
                    message.payload(),
                    message.qos(),
                    false,
                    0,
                    -1,
                    Bytes.EMPTY)),
            Optional.empty(),
            Optional.empty(),
            expirySeconds,
            receiveMaximum,
            packetBytesMax,
            3,
            false,
            true,
            List.of(),
            Optional.empty(),
            Optional.empty()),
        will);
    return law;
  }

  PacketLaw connected(String client, boolean sessionPresent) {
    PacketLaw law = connecting(client);
    connAck(law, sessionPresent);
    return law;
  }

  static void connAck(PacketLaw law, boolean sessionPresent) {
    law.received(new ConnAck(sessionPresent, ReasonCode.SUCCESS, List.of()), BYTES);
  }

  /// A new session with one subscription.
  PacketLaw subscribed(String client, String filter, QoS qos) {
    PacketLaw law = connected(client, false);
    subscribe(law, filter, qos);
    return law;
  }

  static void subscribe(PacketLaw law, String filter, QoS qos) {
    asksFor(law, filter, qos);
    ReasonCode granted =
        switch (qos) {
          case AT_MOST_ONCE -> ReasonCode.SUCCESS;
          case AT_LEAST_ONCE -> ReasonCode.GRANTED_QOS_1;
          case EXACTLY_ONCE -> ReasonCode.GRANTED_QOS_2;
        };
    gets(law, new SubAck(1, List.of(granted), Optional.empty(), List.of()));
  }

  static void asksFor(PacketLaw law, String filter, QoS qos) {
    law.sent(
        new Subscribe(
            1,
            0,
            List.of(),
            List.of(new Requested(filter, qos, false, false, RetainHandling.SEND))));
  }

  static void unsubscribe(PacketLaw law, String filter) {
    law.sent(new Unsubscribe(2, List.of(), List.of(filter)));
    gets(law, new UnsubAck(2, List.of(ReasonCode.SUCCESS)));
  }

  static void gets(PacketLaw law, Packet packet) {
    law.received(packet, BYTES);
  }

  static void gets(PacketLaw law, Message message, QoS qos, int packetId, boolean dup) {
    gets(law, packet(message, qos, packetId, dup, false, -1));
  }

  static Publish packet(
      Message message, QoS qos, int packetId, boolean dup, boolean retain, long expirySeconds) {
    return new Publish(
        dup,
        qos,
        retain,
        packetId,
        Bytes.utf8(message.topic()),
        0,
        expirySeconds,
        SubscriptionIdentifiers.NONE,
        message.passedOn(),
        message.payload());
  }

  /// Receives a QoS 1 message and acknowledges it.
  static void takes(PacketLaw law, Message message, int packetId) {
    gets(law, message, QoS.AT_LEAST_ONCE, packetId, false);
    law.sent(new PubAck(packetId));
  }

  /// A whole exchange at QoS 2 but for the PUBCOMP.
  static void takesOnce(PacketLaw law, Message message, int packetId, boolean dup) {
    gets(law, message, QoS.EXACTLY_ONCE, packetId, dup);
    law.sent(new PubRec(packetId));
    gets(law, new PubRel(packetId));
  }
}
