package io.holdfast.protocol.topic;

import java.util.List;
import java.util.Optional;

/// A valid topic filter (MQTT 5.0 section 4.7.1), without a `$share/` prefix.
///
/// @param text as the client wrote it
/// @param levels its levels; an empty level is an empty string, wildcards stand as `+` and `#`
public record TopicFilter(String text, List<String> levels) {

  /// The filter, or empty where `text` is none [MQTT-4.7.1-1, -2, -3, 4.7.3-1].
  public static Optional<TopicFilter> parse(String text) {
    return Optional.empty();
  }

  /// Whether this filter matches the topic name `topic`; a leading wildcard matches no topic that
  /// starts with `$` [MQTT-4.7.2-1].
  public boolean matches(String topic) {
    return false;
  }
}
