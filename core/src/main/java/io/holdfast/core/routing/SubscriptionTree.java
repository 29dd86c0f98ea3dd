package io.holdfast.core.routing;

import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Subscriptions by the levels of their filters (MQTT 5.0 section 4.7): what a topic costs to match
/// depends on its levels and on what matches, not on how many subscriptions there are.
public final class SubscriptionTree {
  private final Node root = new Node();

  /// Adds or replaces the subscription of `subscriber` to `filter`.
  public void put(TopicFilter filter, Subscriber subscriber, Subscription subscription) {
    Node node = root;
    for (String level : filter.levels()) {
      node = node.child(level);
    }
    node.put(subscriber, subscription);
  }

  public void remove(TopicFilter filter, Subscriber subscriber) {
    List<Node> path = new ArrayList<>(filter.levels().size() + 1);
    Node node = root;
    path.add(node);
    for (String level : filter.levels()) {
      node = node.children.get(level);
      if (node == null) {
        return;
      }
      path.add(node);
    }
    node.remove(subscriber);
    for (int depth = path.size() - 1; depth > 0 && path.get(depth).isEmpty(); depth--) {
      path.get(depth - 1).forget(filter.levels().get(depth - 1));
    }
  }

  /// Tells `each` of every subscription that matches `topic`, a valid topic name. One subscriber
  /// may come several times.
  public void match(String topic, BiConsumer<Subscriber, Subscription> each) {
    List<String> levels = List.of(topic.split("/", -1));
    boolean wildcardsFirst = !topic.startsWith("$");
    ArrayDeque<Step> steps = new ArrayDeque<>();
    steps.add(new Step(root, 0));
    while (!steps.isEmpty()) {
      Step step = steps.removeLast();
      boolean wildcards = step.depth > 0 || wildcardsFirst;
      Node rest = wildcards ? step.node.children.get("#") : null;
      if (rest != null) {
        rest.subscriptions.forEach(each);
      }
      if (step.depth == levels.size()) {
        step.node.subscriptions.forEach(each);
        continue;
      }
      Node one = wildcards ? step.node.children.get("+") : null;
      if (one != null) {
        steps.add(new Step(one, step.depth + 1));
      }
      Node exact = step.node.children.get(levels.get(step.depth));
      if (exact != null) {
        steps.add(new Step(exact, step.depth + 1));
      }
    }
  }

  private record Step(Node node, int depth) {}

  /// Most nodes have one child or one subscription: a map of one costs a third of any other.
  private static final class Node {
    private Map<String, Node> children = Map.of();
    private Map<Subscriber, Subscription> subscriptions = Map.of();

    Node child(String level) {
      Node child = children.get(level);
      if (child != null) {
        return child;
      }
      Node made = new Node();
      if (children.isEmpty()) {
        children = Map.of(level, made);
      } else {
        if (children.size() == 1) {
          children = new HashMap<>(children);
        }
        children.put(level, made);
      }
      return made;
    }

    void forget(String level) {
      if (children.size() == 1) {
        children = Map.of();
      } else {
        children.remove(level);
      }
    }

    void put(Subscriber subscriber, Subscription subscription) {
      boolean isOnly = subscriptions.size() == 1;
      if (subscriptions.isEmpty() || (isOnly && subscriptions.containsKey(subscriber))) {
        subscriptions = Map.of(subscriber, subscription);
        return;
      }
      if (isOnly) {
        subscriptions = new LinkedHashMap<>(subscriptions);
      }
      subscriptions.put(subscriber, subscription);
    }

    void remove(Subscriber subscriber) {
      if (!subscriptions.containsKey(subscriber)) {
        return;
      }
      if (subscriptions.size() == 1) {
        subscriptions = Map.of();
      } else {
        subscriptions.remove(subscriber);
      }
    }

    boolean isEmpty() {
      return children.isEmpty() && subscriptions.isEmpty();
    }
  }
}
