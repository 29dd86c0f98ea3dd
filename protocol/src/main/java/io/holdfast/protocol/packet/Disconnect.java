package io.holdfast.protocol.packet;

import java.util.List;
import java.util.Optional;

/// DISCONNECT (MQTT 5.0 section 3.14). Before 5.0 only a client sends one, and it is empty.
///
/// @param sessionExpirySeconds -1 where absent
public record Disconnect(
    ReasonCode reasonCode,
    long sessionExpirySeconds,
    Optional<String> reasonString,
    List<UserProperty> userProperties,
    Optional<String> serverReference)
    implements Packet {

  public Disconnect(ReasonCode reasonCode) {
    this(reasonCode, -1, Optional.empty(), List.of(), Optional.empty());
  }

  public Disconnect(ReasonCode reasonCode, String reasonString) {
    this(reasonCode, -1, Optional.of(reasonString), List.of(), Optional.empty());
  }
}
