package io.holdfast.protocol.packet;

import io.holdfast.protocol.Bytes;

/// What a client asks to be published when its connection ends without a DISCONNECT (MQTT 5.0
/// section 3.1.2.5).
///
/// @param delaySeconds will delay interval, 0 where absent
/// @param messageExpirySeconds -1 where absent
/// @param passedOn properties for the receivers, as in `Publish.passedOn`
public record Will(
    Bytes topic,
    Bytes payload,
    QoS qos,
    boolean retain,
    long delaySeconds,
    long messageExpirySeconds,
    Bytes passedOn) {}
