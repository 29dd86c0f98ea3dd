package io.holdfast.core.routing;

import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The retained message of each topic: a topic and a position (MQTT 5.0 section 3.3.1.3).
///
/// A tree of levels. What walks over it goes as deep as topics have levels, which is bounded where
/// topics come in.
public final class RetainedMessages {
  private final Node root = new Node();
  private final TreeSet<Expiry> expiries = new TreeSet<>();
  private int count;

  /// Where a retained message lies, and until when it counts.
  public record Retained(long position, long expiresAtMillis) {
    public boolean isExpired(long nowMillis) {
      return expiresAtMillis != LogRecord.NEVER && expiresAtMillis <= nowMillis;
    }
  }

  /// A topic with what is retained there.
  public record Found(String topic, Retained retained) {}

  private record Expiry(long atMillis, String topic) implements Comparable<Expiry> {
    @Override
    public int compareTo(Expiry other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : topic.compareTo(other.topic);
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
    Optional<Retained> before = Optional.ofNullable(node.retained);
    if (before.isEmpty()) {
      count++;
    }
    node.retained = retained;
    forgetExpiry(topic, before);
    if (retained.expiresAtMillis != LogRecord.NEVER) {
      expiries.add(new Expiry(retained.expiresAtMillis, topic));
    }
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
    return Optional.ofNullable(node.retained);
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
    Optional<Retained> before = Optional.ofNullable(node.retained);
    if (before.isPresent()) {
      count--;
    }
    node.retained = null;
    for (int depth = path.size() - 1; depth > 0 && path.get(depth).isEmpty(); depth--) {
      path.get(depth - 1).children.remove(levels.get(depth - 1));
    }
    forgetExpiry(topic, before);
    return before;
  }

  private void forgetExpiry(String topic, Optional<Retained> before) {
    if (before.isPresent() && before.get().expiresAtMillis != LogRecord.NEVER) {
      expiries.remove(new Expiry(before.get().expiresAtMillis, topic));
    }
  }

  /// Topics whose message has expired, at most so many.
  public List<String> expired(long nowMillis, int countMax) {
    return expiries.stream()
        .limit(countMax)
        .takeWhile(expiry -> expiry.atMillis <= nowMillis)
        .map(Expiry::topic)
        .toList();
  }

  /// Every retained message whose topic matches `filter`.
  public void match(TopicFilter filter, Consumer<Retained> each) {
    match(root, filter.levels(), 0, each);
  }

  private static void match(Node node, List<String> filter, int depth, Consumer<Retained> each) {
    if (depth == filter.size()) {
      if (node.retained != null) {
        each.accept(node.retained);
      }
      return;
    }
    String level = filter.get(depth);
    switch (level) {
      case "#" -> all(node, depth, each);
      case "+" ->
          node.children.forEach((name, child) -> {
            if (depth > 0 || !name.startsWith("$")) {
              match(child, filter, depth + 1, each);
            }
          });
      default -> {
        Node child = node.children.get(level);
        if (child != null) {
          match(child, filter, depth + 1, each);
        }
      }
    }
  }

  private static void all(Node node, int depth, Consumer<Retained> each) {
    if (node.retained != null) {
      each.accept(node.retained);
    }
    node.children.forEach((name, child) -> {
      if (depth > 0 || !name.startsWith("$")) {
        all(child, depth + 1, each);
      }
    });
  }

  /// Every topic with what is retained there, in the order of their levels.
  public void forEach(BiConsumer<String, Retained> each) {
    root.children.forEach((level, child) -> forEach(child, level, each));
  }

  private static void forEach(Node node, String topic, BiConsumer<String, Retained> each) {
    if (node.retained != null) {
      each.accept(topic, node.retained);
    }
    node.children.forEach((level, child) -> forEach(child, topic + "/" + level, each));
  }

  /// The first topic of all in the order of their levels, with what is retained there.
  public Optional<Found> first() {
    return count == 0 ? Optional.empty() : Optional.of(first(root, new ArrayList<>()));
  }

  /// The first one behind `topic`, which need not be there any more.
  public Optional<Found> after(String topic) {
    return after(root, levels(topic), 0);
  }

  private static Optional<Found> after(Node node, List<String> levels, int depth) {
    List<String> path = new ArrayList<>(levels.subList(0, depth));
    if (depth == levels.size()) {
      return firstOf(node.children, path);
    }
    String level = levels.get(depth);
    Node child = node.children.get(level);
    if (child != null) {
      Optional<Found> below = after(child, levels, depth + 1);
      if (below.isPresent()) {
        return below;
      }
    }
    return node.children.isEmpty()
        ? Optional.empty()
        : firstOf(node.children.tailMap(level, false), path);
  }

  private static Optional<Found> firstOf(NavigableMap<String, Node> children, List<String> path) {
    if (children.isEmpty()) {
      return Optional.empty();
    }
    path.add(children.firstKey());
    return Optional.of(first(children.firstEntry().getValue(), path));
  }

  /// A node without anything below or in it is not kept, so that there is something.
  private static Found first(Node node, List<String> path) {
    Node next = node;
    while (true) {
      if (next.retained != null) {
        return new Found(String.join("/", path), next.retained);
      }
      path.add(next.children.firstKey());
      next = next.children.firstEntry().getValue();
    }
  }

  private static List<String> levels(String topic) {
    return List.of(topic.split("/", -1));
  }

  private static final class Node {
    private NavigableMap<String, Node> children = Collections.emptyNavigableMap();
    private @Nullable Retained retained;

    Node child(String level) {
      if (children.isEmpty()) {
        children = new TreeMap<>();
      }
      return children.computeIfAbsent(level, unused -> new Node());
    }

    boolean isEmpty() {
      return children.isEmpty() && retained == null;
    }
  }
}
