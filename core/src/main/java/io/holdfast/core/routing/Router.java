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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// From topics to target sets, with a memory of the topics asked for.
///
/// What is found for a topic is remembered until a subscription that may match it changes. Sets of
/// equal content are one object, so that a thousand topics with the same hundred thousand
/// subscribers cost one set.
public final class Router {
  private final int topicsRememberedMax;
  private final SubscriptionTree tree = new SubscriptionTree();
  private final Map<Bytes, Routed> remembered = new HashMap<>();
  private final Map<ForPublisher, Routed> rememberedFor = new HashMap<>();
  private final Map<TargetSet, TargetSet> sets = new HashMap<>();
  private final Map<Integer, TargetSet> numbered = new LinkedHashMap<>();
  private int nextNumber = 1;

  public Router(int topicsRememberedMax) {
    this.topicsRememberedMax = topicsRememberedMax;
  }

  /// The targets of a topic. Records name the durable ones only: transient sessions come and go,
  /// and nothing that is said of them outlives them.
  public record Routed(TargetSet durable, TargetSet transients, List<Subscriber> noLocal) {
    public boolean isEmpty() {
      return durable.count() == 0 && transients.count() == 0;
    }
  }

  /// A topic, and a publisher who does not want it back.
  private record ForPublisher(Bytes topic, Subscriber publisher) {}

  public void put(TopicFilter filter, Subscriber subscriber, Subscription subscription) {
    tree.put(filter, subscriber, subscription);
    forget(filter);
  }

  public void remove(TopicFilter filter, Subscriber subscriber) {
    tree.remove(filter, subscriber);
    forget(filter);
  }

  private void forget(TopicFilter filter) {
    if (filter.text().indexOf('+') >= 0 || filter.text().indexOf('#') >= 0) {
      forgetAll();
      return;
    }
    Bytes topic = Bytes.utf8(filter.text());
    Routed routed = remembered.remove(topic);
    if (routed == null) {
      return;
    }
    giveUp(routed);
    for (Subscriber publisher : routed.noLocal) {
      Routed own = rememberedFor.remove(new ForPublisher(topic, publisher));
      if (own != null) {
        giveUp(own);
      }
    }
  }

  private void forgetAll() {
    remembered.values().forEach(this::giveUp);
    remembered.clear();
    rememberedFor.values().forEach(this::giveUp);
    rememberedFor.clear();
  }

  private void giveUp(Routed routed) {
    giveUp(routed.durable);
    giveUp(routed.transients);
  }

  /// A set that no topic has is kept while records may name it.
  private void giveUp(TargetSet set) {
    if (set.count() > 0 && set.left()) {
      if (set.number() == 0) {
        sets.remove(set);
      } else {
        set.compact();
      }
    }
  }

  /// The queues that want `topic` from `publisher` (absent for the broker itself).
  public Routed targets(Bytes topic, @Nullable Subscriber publisher) {
    Routed routed = remembered.get(topic);
    if (routed == null) {
      if (remembered.size() + rememberedFor.size() >= topicsRememberedMax) {
        forgetAll();
      }
      routed = match(topic.toUtf8(), null);
      remembered.put(topic.copy(), routed);
    }
    return publisher == null || routed.noLocal.isEmpty() || !routed.noLocal.contains(publisher)
        ? routed
        : targetsFor(topic, publisher);
  }

  private Routed targetsFor(Bytes topic, Subscriber publisher) {
    Routed routed = rememberedFor.get(new ForPublisher(topic, publisher));
    if (routed == null) {
      routed = match(topic.toUtf8(), publisher);
      rememberedFor.put(new ForPublisher(topic.copy(), publisher), routed);
    }
    return routed;
  }

  private Routed match(String topic, @Nullable Subscriber publisher) {
    TreeMap<Integer, List<Subscription>> durable = new TreeMap<>();
    TreeMap<Integer, List<Subscription>> transients = new TreeMap<>();
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
          (subscriber.isDurable() ? durable : transients)
              .computeIfAbsent(subscriber.queueNumber(), unused -> new ArrayList<>(1))
              .add(subscription);
        });
    return new Routed(taken(durable), taken(transients), noLocal);
  }

  private TargetSet taken(SortedMap<Integer, List<Subscription>> byQueue) {
    if (byQueue.isEmpty()) {
      return TargetSet.EMPTY;
    }
    int[] queues = new int[byQueue.size()];
    Option[] options = new Option[queues.length];
    int index = 0;
    for (Map.Entry<Integer, List<Subscription>> entry : byQueue.entrySet()) {
      queues[index] = entry.getKey();
      options[index++] = optionOf(entry.getValue());
    }
    TargetSet made = new TargetSet(queues, options);
    TargetSet set = interned(made);
    set.takenBy(made);
    return set;
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

  // Numbers of sets

  /// The number for a set that is about to be logged for the first time.
  public int nextNumber() {
    return nextNumber;
  }

  public void raiseNextNumber(int number) {
    nextNumber = Math.max(nextNumber, number);
  }

  /// Applies a target set's record: the set has its number from now on.
  public void define(int number, List<Group> groups, long position) {
    TargetSet set = interned(TargetSet.of(groups));
    set.number(number);
    set.usedAt(position);
    numbered.put(number, set);
    nextNumber = Math.max(nextNumber, number + 1);
    if (!set.isTaken()) {
      set.compact();
    }
  }

  public TargetSet numbered(int number) {
    TargetSet set = numbered.get(number);
    if (set == null) {
      throw new IllegalStateException(
          "broken invariant: target set " + number + " is known while records name it");
    }
    return set;
  }

  /// The numbers of the sets that want messages for `queue`, ascending. A set that was forgotten
  /// and came again has two where recovery reads of both.
  public int[] setsWith(int queue) {
    return numbered.entrySet().stream()
        .filter(set -> set.getValue().optionOf(queue).isPresent())
        .mapToInt(Map.Entry::getKey)
        .sorted()
        .toArray();
  }

  /// The sets that a record may still name, by their numbers, for a snapshot.
  public Map<Integer, TargetSet> numberedSets() {
    return new LinkedHashMap<>(numbered);
  }

  /// Forgets the sets that only records before `position` name: those records are gone.
  public void forgetSetsBefore(long position) {
    Iterator<TargetSet> all = numbered.values().iterator();
    while (all.hasNext()) {
      TargetSet set = all.next();
      if (set.usedAt() < position) {
        all.remove();
        set.number(0);
        if (!set.isTaken()) {
          sets.remove(set);
        }
      }
    }
  }
}
