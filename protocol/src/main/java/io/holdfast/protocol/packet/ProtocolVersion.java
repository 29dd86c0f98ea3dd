package io.holdfast.protocol.packet;

/// The protocol versions spoken side by side.
public enum ProtocolVersion {
  /// MQTT 3.1: protocol name `MQIsdp`, level 3.
  V3_1(3),
  /// MQTT 3.1.1: protocol name `MQTT`, level 4.
  V3_1_1(4),
  /// MQTT 5.0: protocol name `MQTT`, level 5.
  V5(5);

  private final int level;

  ProtocolVersion(int level) {
    this.level = level;
  }

  public int level() {
    return level;
  }

  public boolean isV5() {
    return this == V5;
  }
}
