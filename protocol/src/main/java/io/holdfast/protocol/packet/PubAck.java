package io.holdfast.protocol.packet;

import java.util.List;
import java.util.Optional;

/// PUBACK (MQTT 5.0 section 3.4). Before 5.0 only the packet identifier is sent.
public record PubAck(
    int packetId,
    ReasonCode reasonCode,
    Optional<String> reasonString,
    List<UserProperty> userProperties)
    implements Packet {

  public PubAck(int packetId, ReasonCode reasonCode) {
    this(packetId, reasonCode, Optional.empty(), List.of());
  }

  public PubAck(int packetId) {
    this(packetId, ReasonCode.SUCCESS);
  }
}
