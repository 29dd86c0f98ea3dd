package io.holdfast.protocol.topic;

import java.util.Optional;

/// The filter of a shared subscription, `$share/{share name}/{topic filter}` (MQTT 5.0 section
/// 4.8.2).
public record SharedFilter(String shareName, TopicFilter filter) {
  private static final String PREFIX = "$share/";

  public SharedFilter {
    if (!isShareName(shareName)) {
      throw new IllegalArgumentException("not a share name: " + shareName);
    }
  }

  /// Whether `text` starts as a shared subscription's filter does.
  public static boolean isShared(String text) {
    return text.startsWith(PREFIX);
  }

  /// The shared filter, or empty where `text` is none [MQTT-4.8.2-1, -2].
  public static Optional<SharedFilter> parse(String text) {
    int slash = isShared(text) ? text.indexOf('/', PREFIX.length()) : -1;
    if (slash < 0) {
      return Optional.empty();
    }
    String name = text.substring(PREFIX.length(), slash);
    return isShareName(name)
        ? TopicFilter.parse(text.substring(slash + 1)).map(filter -> new SharedFilter(name, filter))
        : Optional.empty();
  }

  private static boolean isShareName(String name) {
    return !name.isEmpty() && name.chars().noneMatch(c -> c == '/' || c == '+' || c == '#');
  }
}
