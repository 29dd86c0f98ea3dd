package io.holdfast.core;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.Optional;

/// Which topics clients may publish on.
final class Topics {
  private static final Optional<TopicFilter> BRIDGE_STATE =
      TopicFilter.parse("$SYS/broker/connection/+/state");

  private Topics() {}

  /// Whether `topic` has at most so many levels. What walks over topics level by level relies on
  /// it.
  static boolean isShallow(Bytes topic, int levelsMax) {
    if (topic.length() < levelsMax) {
      return true;
    }
    int levels = 1;
    for (int i = 0; i < topic.length(); i++) {
      if (topic.at(i) == '/') {
        levels++;
      }
    }
    return levels <= levelsMax;
  }

  /// The broker's own topics are not for clients, but for the one where Mosquitto's bridges say how
  /// they are. Nor does a `$share/` name a topic.
  static boolean isForClients(Bytes topic) {
    if (topic.at(0) != '$') {
      return true;
    }
    String text = topic.toUtf8();
    if (text.equals("$SYS") || text.startsWith("$SYS/")) {
      return BRIDGE_STATE.map(filter -> filter.matches(text)).orElse(false);
    }
    return !text.startsWith("$share/");
  }
}
