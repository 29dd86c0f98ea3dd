package io.holdfast.protocol.packet;

import java.util.List;
import java.util.Optional;

/// PUBCOMP (MQTT 5.0 section 3.7). Before 5.0 only the packet identifier is sent.
public record PubComp(
    int packetId,
    ReasonCode reasonCode,
    Optional<String> reasonString,
    List<UserProperty> userProperties)
    implements Packet {

  public PubComp(int packetId, ReasonCode reasonCode) {
    this(packetId, reasonCode, Optional.empty(), List.of());
  }

  public PubComp(int packetId) {
    this(packetId, ReasonCode.SUCCESS);
  }
}
