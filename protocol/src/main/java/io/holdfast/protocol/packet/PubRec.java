package io.holdfast.protocol.packet;

import java.util.List;
import java.util.Optional;

/// PUBREC (MQTT 5.0 section 3.5). Before 5.0 only the packet identifier is sent.
public record PubRec(
    int packetId,
    ReasonCode reasonCode,
    Optional<String> reasonString,
    List<UserProperty> userProperties)
    implements Packet {

  public PubRec(int packetId, ReasonCode reasonCode) {
    this(packetId, reasonCode, Optional.empty(), List.of());
  }

  public PubRec(int packetId) {
    this(packetId, ReasonCode.SUCCESS);
  }
}
