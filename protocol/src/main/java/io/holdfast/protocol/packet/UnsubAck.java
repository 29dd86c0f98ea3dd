package io.holdfast.protocol.packet;

import java.util.List;
import java.util.Optional;

/// UNSUBACK (MQTT 5.0 section 3.11), one reason code for each filter; before 5.0 the packet
/// identifier only.
public record UnsubAck(
    int packetId,
    List<ReasonCode> reasonCodes,
    Optional<String> reasonString,
    List<UserProperty> userProperties)
    implements Packet {

  public UnsubAck(int packetId, List<ReasonCode> reasonCodes) {
    this(packetId, reasonCodes, Optional.empty(), List.of());
  }
}
