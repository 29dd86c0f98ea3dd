package io.holdfast.protocol.packet;

import java.util.List;
import java.util.Optional;

/// PUBREL (MQTT 5.0 section 3.6). Before 5.0 only the packet identifier is sent.
public record PubRel(
    int packetId,
    ReasonCode reasonCode,
    Optional<String> reasonString,
    List<UserProperty> userProperties)
    implements Packet {

  public PubRel(int packetId, ReasonCode reasonCode) {
    this(packetId, reasonCode, Optional.empty(), List.of());
  }

  public PubRel(int packetId) {
    this(packetId, ReasonCode.SUCCESS);
  }
}
