package io.holdfast.core.routing;

import io.holdfast.core.record.LogRecord.Group;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// From topics to target sets, with a memory of the topics asked for.
///
/// A topic's set is remembered until a subscription that may match it changes. Sets of equal
/// content are one object, so that a thousand topics with the same hundred thousand subscribers
/// cost one set.
public final class Router {
  private final int topicsRememberedMax;
  private final SubscriptionTree tree = new SubscriptionTree();
  private final Map<Bytes, Routed> remembered = new HashMap<>();
  private final Map<TargetSet, TargetSet> sets = new HashMap<>();
  private final Map<Integer, TargetSet> numbered = new LinkedHashMap<>();
  private int nextNumber = 1;

  public Router(int topicsRememberedMax) {
    this.topicsRememberedMax = topicsRememberedMax;
  }

  public void put(TopicFilter filter, Subscriber subscriber, Subscription subscription) {
    tree.put(filter, subscriber, subscription);
    forget(filter);
  }

  public void remove(TopicFilter filter, Subscriber subscriber) {
    tree.remove(filter, subscriber);
    forget(filter);
  }

  private void forget(TopicFilter filter) {
    if (filter.text().indexOf('+') < 0 && filter.text().indexOf('#') < 0) {
      remembered.remove(Bytes.utf8(filter.text()));
    } else {
      remembered.clear();
    }
  }

  /// The queues that want `topic` from `publisher` (absent for the broker itself).
  public TargetSet targets(Bytes topic, @Nullable Subscriber publisher) {
    Routed routed = remembered.get(topic);
    if (routed == null) {
      routed = match(topic.toUtf8(), null);
      if (remembered.size() >= topicsRememberedMax) {
        remembered.clear();
      }
      remembered.put(topic.copy(), routed);
    }
    return publisher != null && routed.noLocal.contains(publisher)
        ? match(topic.toUtf8(), publisher).set
        : routed.set;
  }

  private Routed match(String topic, @Nullable Subscriber publisher) {
    TreeMap<Integer, List<Subscription>> byQueue = new TreeMap<>();
    List<Subscriber> noLocal = new ArrayList<>(0);
    tree.match(
        topic,
        (subscriber, subscription) -> {
          if (subscription.noLocal()) {
            if (subscriber.equals(publisher)) {
              return;
            }
            noLocal.add(subscriber);
          }
          byQueue
              .computeIfAbsent(subscriber.queueNumber(), unused -> new ArrayList<>(1))
              .add(subscription);
        });
    if (byQueue.isEmpty()) {
      return new Routed(TargetSet.EMPTY, noLocal);
    }
    int[] queues = new int[byQueue.size()];
    Option[] options = new Option[queues.length];
    int index = 0;
    for (Map.Entry<Integer, List<Subscription>> entry : byQueue.entrySet()) {
      queues[index] = entry.getKey();
      options[index++] = optionOf(entry.getValue());
    }
    return new Routed(interned(new TargetSet(queues, options)), noLocal);
  }

  private TargetSet interned(TargetSet set) {
    TargetSet known = sets.putIfAbsent(set, set);
    return known == null ? set : known;
  }

  /// One entry for a queue, however many of its filters match: the highest QoS, every identifier.
  private static Option optionOf(List<Subscription> subscriptions) {
    QoS granted = QoS.AT_MOST_ONCE;
    boolean retainAsPublished = false;
    int[] identifiers = new int[subscriptions.size()];
    int count = 0;
    for (Subscription subscription : subscriptions) {
      if (subscription.maximumQoS().level() > granted.level()) {
        granted = subscription.maximumQoS();
      }
      retainAsPublished |= subscription.retainAsPublished();
      if (subscription.identifier() > 0) {
        identifiers[count++] = subscription.identifier();
      }
    }
    return new Option(
        granted, retainAsPublished, SubscriptionIdentifiers.of(Arrays.copyOf(identifiers, count)));
  }

  /// The number for a set that is about to be logged for the first time.
  public int nextNumber() {
    return nextNumber;
  }

  public void raiseNextNumber(int number) {
    nextNumber = Math.max(nextNumber, number);
  }

  /// Applies a target set's record: the set has its number from now on.
  public void define(int number, List<Group> groups, long position) {
    TargetSet set = interned(TargetSet.of(number, groups));
    set.number(number);
    set.usedAt(position);
    numbered.put(number, set);
    nextNumber = Math.max(nextNumber, number + 1);
  }

  public TargetSet numbered(int number) {
    TargetSet set = numbered.get(number);
    if (set == null) {
      throw new IllegalStateException(
          "broken invariant: target set " + number + " is known while records name it");
    }
    return set;
  }

  /// The sets that a record may still name, for a snapshot.
  public List<TargetSet> numberedSets() {
    return new ArrayList<>(numbered.values());
  }

  /// Forgets the sets that only records before `position` name: those records are gone.
  public void forgetSetsBefore(long position) {
    boolean any = numbered.values().removeIf(set -> set.usedAt() < position);
    if (any || sets.size() > 2 * (numbered.size() + remembered.size()) + 1000) {
      remembered.clear();
      sets.clear();
      numbered.values().forEach(set -> sets.put(set, set));
    }
  }

  /// What became of a topic.
  ///
  /// @param noLocal who does not want what it publishes itself: few, as a rule, and none at all
  private record Routed(TargetSet set, List<Subscriber> noLocal) {}
}
