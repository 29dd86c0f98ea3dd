package io.holdfast.protocol.topic;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// A valid topic filter (MQTT 5.0 section 4.7.1), without a `$share/` prefix.
///
/// @param text as the client wrote it
/// @param levels its levels; an empty level is an empty string, wildcards stand as `+` and `#`
public record TopicFilter(String text, List<String> levels) {
  private static final int UTF8_BYTES_MAX = 65535;

  public TopicFilter {
    levels = List.copyOf(levels);
    if (!isText(text) || !areLevels(levels) || !text.equals(String.join("/", levels))) {
      throw new IllegalArgumentException("not a topic filter: " + text);
    }
  }

  /// The filter, or empty where `text` is none [MQTT-4.7.1-1, -2, 4.7.3-1, -2, -3].
  public static Optional<TopicFilter> parse(String text) {
    if (!isText(text)) {
      return Optional.empty();
    }
    List<String> levels = List.of(text.split("/", -1));
    return areLevels(levels) ? Optional.of(new TopicFilter(text, levels)) : Optional.empty();
  }

  private static boolean isText(String text) {
    int length = text.length();
    return length > 0
        && length <= UTF8_BYTES_MAX
        && (length <= UTF8_BYTES_MAX / 3
            || text.getBytes(StandardCharsets.UTF_8).length <= UTF8_BYTES_MAX)
        && text.indexOf('\0') < 0;
  }

  private static boolean areLevels(List<String> levels) {
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      boolean wildcard = level.indexOf('+') >= 0 || level.indexOf('#') >= 0;
      if (wildcard && level.length() > 1) {
        return false;
      }
      if (level.equals("#") && i < levels.size() - 1) {
        return false;
      }
    }
    return true;
  }

  /// Whether this filter matches the topic name `topic`; a leading wildcard matches no topic that
  /// starts with `$` [MQTT-4.7.2-1].
  public boolean matches(String topic) {
    String first = levels.getFirst();
    if (topic.startsWith("$") && (first.equals("+") || first.equals("#"))) {
      return false;
    }
    List<String> names = List.of(topic.split("/", -1));
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      if (level.equals("#")) {
        return true;
      }
      if (i >= names.size() || !(level.equals("+") || level.equals(names.get(i)))) {
        return false;
      }
    }
    return levels.size() == names.size();
  }
}
