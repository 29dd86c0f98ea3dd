package io.holdfast.protocol.topic;

import java.util.Optional;

/// The filter of a shared subscription, `$share/{share name}/{topic filter}` (MQTT 5.0 section
/// 4.8.2).
public record SharedFilter(String shareName, TopicFilter filter) {

  /// Whether `text` starts as a shared subscription's filter does.
  public static boolean isShared(String text) {
    return text.startsWith("$share/");
  }

  /// The shared filter, or empty where `text` is none [MQTT-4.8.2-1, -2].
  public static Optional<SharedFilter> parse(String text) {
    return Optional.empty();
  }
}
