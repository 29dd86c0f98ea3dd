package io.holdfast.protocol.packet;

import java.util.List;
import java.util.Optional;

/// SUBACK (MQTT 5.0 section 3.9), one reason code for each filter. Before 5.0 every failure is
/// 0x80.
public record SubAck(
    int packetId,
    List<ReasonCode> reasonCodes,
    Optional<String> reasonString,
    List<UserProperty> userProperties)
    implements Packet {

  public SubAck(int packetId, List<ReasonCode> reasonCodes) {
    this(packetId, reasonCodes, Optional.empty(), List.of());
  }
}
