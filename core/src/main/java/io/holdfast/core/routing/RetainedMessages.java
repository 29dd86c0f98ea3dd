package io.holdfast.core.routing;

import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// The retained message of each topic: a topic and a position (MQTT 5.0 section 3.3.1.3).
public final class RetainedMessages {
  private final Node root = new Node();
  private int count;

  /// Where a retained message lies, and until when it counts.
  public record Retained(long position, long expiresAtMillis) {
    public boolean isExpired(long nowMillis) {
      return expiresAtMillis != LogRecord.NEVER && expiresAtMillis <= nowMillis;
    }
  }

  public int count() {
    return count;
  }

  /// Retains a message, and gives the one whose place it takes.
  public Optional<Retained> put(String topic, Retained retained) {
    Node node = root;
    for (String level : levels(topic)) {
      node = node.child(level);
    }
    Optional<Retained> before = node.retained;
    if (before.isEmpty()) {
      count++;
    }
    node.retained = Optional.of(retained);
    return before;
  }

  public Optional<Retained> get(String topic) {
    Node node = root;
    for (String level : levels(topic)) {
      node = node.children.get(level);
      if (node == null) {
        return Optional.empty();
      }
    }
    return node.retained;
  }

  public Optional<Retained> remove(String topic) {
    List<String> levels = levels(topic);
    List<Node> path = new ArrayList<>();
    Node node = root;
    path.add(node);
    for (String level : levels) {
      node = node.children.get(level);
      if (node == null) {
        return Optional.empty();
      }
      path.add(node);
    }
    Optional<Retained> before = node.retained;
    if (before.isPresent()) {
      count--;
    }
    node.retained = Optional.empty();
    for (int depth = path.size() - 1; depth > 0 && path.get(depth).isEmpty(); depth--) {
      path.get(depth - 1).children.remove(levels.get(depth - 1));
    }
    return before;
  }

  /// Every retained message whose topic matches `filter`, in the order of their topics.
  public void match(TopicFilter filter, BiConsumer<String, Retained> each) {
    match(root, filter.levels(), 0, "", each);
  }

  /// The depth is that of the topic, which is bounded where topics come in.
  private static void match(
      Node node, List<String> filter, int depth, String topic, BiConsumer<String, Retained> each) {
    if (depth == filter.size()) {
      node.retained.ifPresent(retained -> each.accept(topic, retained));
      return;
    }
    String level = filter.get(depth);
    switch (level) {
      case "#" -> all(node, depth, topic, each);
      case "+" ->
          node.children.forEach((name, child) -> {
            if (depth > 0 || !name.startsWith("$")) {
              match(child, filter, depth + 1, below(topic, depth, name), each);
            }
          });
      default -> {
        Node child = node.children.get(level);
        if (child != null) {
          match(child, filter, depth + 1, below(topic, depth, level), each);
        }
      }
    }
  }

  private static void all(Node node, int depth, String topic, BiConsumer<String, Retained> each) {
    if (depth > 0) {
      node.retained.ifPresent(retained -> each.accept(topic, retained));
    }
    node.children.forEach((name, child) -> {
      if (depth > 0 || !name.startsWith("$")) {
        all(child, depth + 1, below(topic, depth, name), each);
      }
    });
  }

  /// Every retained message, in the order of their topics.
  public void forEach(BiConsumer<String, Retained> each) {
    root.children.forEach((name, child) -> all(child, 1, name, each));
  }

  private static String below(String topic, int depth, String level) {
    return depth == 0 ? level : topic + "/" + level;
  }

  private static List<String> levels(String topic) {
    return List.of(topic.split("/", -1));
  }

  private static final class Node {
    private final Map<String, Node> children = new TreeMap<>();
    private Optional<Retained> retained = Optional.empty();

    Node child(String level) {
      return children.computeIfAbsent(level, unused -> new Node());
    }

    boolean isEmpty() {
      return children.isEmpty() && retained.isEmpty();
    }
  }
}
