package io.holdfast.bench;

/// The protocol versions that the tools speak.
enum MqttVersion {
  V311("3.1.1", 4),
  V5("5", 5);

  private final String label;
  private final int level;

  MqttVersion(String label, int level) {
    this.label = label;
    this.level = level;
  }

  /// The version of a label, as written on a command line.
  static MqttVersion of(String label) {
    for (MqttVersion version : values()) {
      if (version.label.equals(label)) {
        return version;
      }
    }
    throw new IllegalArgumentException("the versions are 3.1.1 and 5");
  }

  boolean isV5() {
    return this == V5;
  }

  /// The protocol level of CONNECT.
  int level() {
    return level;
  }

  @Override
  public String toString() {
    return label;
  }
}
