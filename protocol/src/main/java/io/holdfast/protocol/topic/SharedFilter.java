package io.holdfast.protocol.topic;

import java.util.Optional;

/// The filter of a shared subscription, `$share/{share name}/{topic filter}` (MQTT 5.0 section
/// 4.8.2).
public record SharedFilter(String shareName, TopicFilter filter) {
  private static final String PREFIX = "$share/";

  /// Whether `text` starts as a shared subscription's filter does.
  public static boolean isShared(String text) {
    return text.startsWith(PREFIX);
  }

  /// The shared filter, or empty where `text` is none [MQTT-4.8.2-1, -2].
  public static Optional<SharedFilter> parse(String text) {
    if (!isShared(text)) {
      return Optional.empty();
    }
    int slash = text.indexOf('/', PREFIX.length());
    if (slash < 0) {
      return Optional.empty();
    }
    String name = text.substring(PREFIX.length(), slash);
    if (name.isEmpty() || name.indexOf('+') >= 0 || name.indexOf('#') >= 0) {
      return Optional.empty();
    }
    return TopicFilter.parse(text.substring(slash + 1))
        .map(filter -> new SharedFilter(name, filter));
  }
}
