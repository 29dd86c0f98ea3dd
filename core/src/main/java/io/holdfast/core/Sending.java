package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;

/// Makes PUBLISH packets of messages and sends them: topic aliases, what is left of their time, the
/// largest packet that a client takes.
final class Sending {
  private final Journal journal;
  private final Effects effects;
  private final Counters counters;

  Sending(Journal journal, Effects effects, Counters counters) {
    this.journal = journal;
    this.effects = effects;
    this.counters = counters;
  }

  /// Whether something can be sent to it now.
  boolean takesMore(Client client) {
    return client.opened
        && !client.connection().isClosing()
        && effects.isWritable(client.connection().id());
  }

  /// Sends a message under a topic alias where there is one, or room for one. False where it is
  /// larger than its consumer takes: it counts as sent then [MQTT-3.1.2-25].
  ///
  /// @param packetId 0 at QoS 0
  boolean send(
      Client client,
      boolean dup,
      QoS qos,
      boolean retain,
      int packetId,
      long expiresAtMillis,
      SubscriptionIdentifiers identifiers,
      Bytes topic,
      Bytes passedOn,
      Bytes payload) {
    int known = client.knownAliasOut(topic);
    int alias = known == 0 ? client.freeAliasOut() : known;
    Publish publish =
        new Publish(
            dup,
            qos,
            retain,
            packetId,
            known == 0 ? topic : Bytes.EMPTY,
            alias,
            expirySeconds(expiresAtMillis),
            identifiers,
            passedOn,
            payload);
    // It may have to be sent again, on a connection that knows no alias.
    if (known != 0 && packetId != 0 && !client.takes(inFull(publish, topic))) {
      return false;
    }
    if (!client.takes(publish)) {
      if (known != 0 || alias == 0) {
        return false;
      }
      publish = inFull(publish, topic);
      alias = 0;
      if (!client.takes(publish)) {
        return false;
      }
    }
    if (known == 0 && alias != 0) {
      client.aliasOut(alias, topic);
    }
    counters.sent(publish);
    effects.send(client.connection().id(), publish);
    return true;
  }

  /// What is left of the message's time, in seconds begun; -1 where it does not expire.
  private long expirySeconds(long expiresAtMillis) {
    return expiresAtMillis == LogRecord.NEVER
        ? -1
        : (Math.max(0, expiresAtMillis - journal.nowMillis()) + 999) / 1000;
  }

  /// Without an alias.
  private static Publish inFull(Publish publish, Bytes topic) {
    return new Publish(
        publish.dup(),
        publish.qos(),
        publish.retain(),
        publish.packetId(),
        topic,
        0,
        publish.messageExpirySeconds(),
        publish.subscriptionIdentifiers(),
        publish.passedOn(),
        publish.payload());
  }
}
