package io.holdfast.protocol.packet;

import io.holdfast.protocol.Bytes;
import java.util.List;
import java.util.Optional;

/// AUTH (MQTT 5.0 section 3.15).
public record Auth(
    ReasonCode reasonCode,
    Optional<String> authenticationMethod,
    Optional<Bytes> authenticationData,
    Optional<String> reasonString,
    List<UserProperty> userProperties)
    implements Packet {}
