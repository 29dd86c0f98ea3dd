package io.holdfast.core.routing;

import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
  private static final Optional<String> NONE = Optional.empty();

  private final Node root = new Node();
  private final TreeSet<Expiry> expiries = new TreeSet<>();
  private int count;

  /// Where a retained message lies, until when it counts, and at which QoS it was published.
  public record Retained(long position, long expiresAtMillis, QoS qos) {
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

  /// Tells of retained messages whose topics match `filter`, in the order of their levels, from
  /// behind the topic `after` on, which need not be there. Looks at so many levels of topics and no
  /// more: gives where to go on, and nothing where all were seen.
  public Optional<String> match(
      TopicFilter filter, Optional<String> after, int looksMax, Consumer<Retained> each) {
    return new Walk(filter.levels(), after.map(RetainedMessages::levels), looksMax, each)
        .over(root);
  }

  /// One walk over the tree, each node before those below it.
  private static final class Walk {
    private final List<String> filter;
    private final Optional<List<String>> after;
    private final Consumer<Retained> each;
    private final List<String> path = new ArrayList<>();
    private Optional<String> stoppedAt = Optional.empty();
    private int looksLeft;

    Walk(
        List<String> filter, Optional<List<String>> after, int looksLeft, Consumer<Retained> each) {
      this.filter = filter;
      this.after = after;
      this.looksLeft = looksLeft;
      this.each = each;
    }

    Optional<String> over(Node root) {
      below(root, isOpenAt(0), after.isPresent());
      return stoppedAt;
    }

    /// Whether `#` stands there: it matches the level above too, and all below.
    private boolean isOpenAt(int depth) {
      return depth < filter.size() && filter.get(depth).equals("#");
    }

    /// @param open whether everything from here on matches
    /// @param seen whether the walk that this one goes on from has been here: then it has been on
    ///   the way to `after`, or at it
    private void at(Node node, boolean open, boolean seen) {
      int depth = path.size();
      if (!seen) {
        if (node.retained != null && (open || depth == filter.size())) {
          each.accept(node.retained);
        }
        if (--looksLeft == 0) {
          stoppedAt = Optional.of(String.join("/", path));
          return;
        }
      }
      below(node, open, seen);
    }

    private void below(Node node, boolean open, boolean seen) {
      int depth = path.size();
      Optional<String> from =
          seen ? after.filter(topic -> depth < topic.size()).map(topic -> topic.get(depth)) : NONE;
      if (open || (depth < filter.size() && filter.get(depth).equals("+"))) {
        NavigableMap<String, Node> children =
            from.isPresent() ? node.children.tailMap(from.get(), true) : node.children;
        for (Map.Entry<String, Node> child : children.entrySet()) {
          if (depth > 0 || !child.getKey().startsWith("$")) {
            into(child.getValue(), child.getKey(), open, from);
          }
          if (stoppedAt.isPresent()) {
            return;
          }
        }
      } else if (depth < filter.size()) {
        String level = filter.get(depth);
        Node child = node.children.get(level);
        if (child != null && (from.isEmpty() || from.get().compareTo(level) <= 0)) {
          into(child, level, false, from);
        }
      }
    }

    private void into(Node child, String level, boolean open, Optional<String> from) {
      path.add(level);
      at(child, open || isOpenAt(path.size()), from.isPresent() && from.get().equals(level));
      path.removeLast();
    }
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
