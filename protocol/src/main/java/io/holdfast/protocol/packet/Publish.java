package io.holdfast.protocol.packet;

import io.holdfast.protocol.Bytes;

/// PUBLISH (MQTT 5.0 section 3.3).
///
/// @param packetId 0 at QoS 0
/// @param topic UTF-8, checked; empty where a topic alias stands for it
/// @param topicAlias 0 where absent
/// @param messageExpirySeconds -1 where absent
/// @param subscriptionIdentifiers those of the receiver's subscriptions; none before 5.0
/// @param passedOn the properties that a broker passes on unaltered [MQTT-3.3.2-15, -16, -18, -20]:
///   payload format indicator, content type, response topic, correlation data and user properties,
///   in their encoded form and the order of the sender, without a length in front
public record Publish(
    boolean dup,
    QoS qos,
    boolean retain,
    int packetId,
    Bytes topic,
    int topicAlias,
    long messageExpirySeconds,
    SubscriptionIdentifiers subscriptionIdentifiers,
    Bytes passedOn,
    Bytes payload)
    implements Packet {}
