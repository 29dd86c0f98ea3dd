package io.holdfast.protocol.packet;

/// Quality of service (MQTT 5.0 section 4.3).
public enum QoS {
  AT_MOST_ONCE(0),
  AT_LEAST_ONCE(1),
  EXACTLY_ONCE(2);

  private static final QoS[] BY_LEVEL = values();

  private final int level;

  QoS(int level) {
    this.level = level;
  }

  /// The level numbered `level`, 0 to 2.
  public static QoS of(int level) {
    return BY_LEVEL[level];
  }

  /// The number on the wire, 0 to 2.
  public int level() {
    return level;
  }

  public static QoS lower(QoS one, QoS other) {
    return one.level <= other.level ? one : other;
  }
}
