package io.holdfast.core.routing;

import io.holdfast.core.record.LogRecord.Group;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The queues that want messages of a topic, ascending, each with how it wants them. Equality by
/// content.
public final class TargetSet {
  public static final TargetSet EMPTY = new TargetSet(new int[0], new Option[0]);

  private final int[] queues;
  private final Option[] options;
  private final int hash;
  private int number;
  private long usedAt;
  private @Nullable Targets named;

  TargetSet(int[] queues, Option[] options) {
    this.queues = queues;
    this.options = options;
    this.hash = 31 * Arrays.hashCode(queues) + Arrays.hashCode(options);
  }

  static TargetSet of(int number, List<Group> groups) {
    int count = groups.stream().mapToInt(group -> group.queues().length).sum();
    long[] places = new long[count];
    int next = 0;
    for (int g = 0; g < groups.size(); g++) {
      for (int queue : groups.get(g).queues()) {
        places[next++] = (long) queue << 32 | g;
      }
    }
    Arrays.sort(places);
    int[] queues = new int[count];
    Option[] options = new Option[count];
    for (int i = 0; i < count; i++) {
      queues[i] = (int) (places[i] >>> 32);
      options[i] = groups.get((int) places[i]).option();
    }
    TargetSet set = new TargetSet(queues, options);
    set.number = number;
    return set;
  }

  public int count() {
    return queues.length;
  }

  public int queue(int index) {
    return queues[index];
  }

  public Option option(int index) {
    return options[index];
  }

  /// The identifiers of the subscriptions by which `queue` wants the message.
  public SubscriptionIdentifiers identifiersOf(int queue) {
    int index = Arrays.binarySearch(queues, queue);
    return index < 0 ? SubscriptionIdentifiers.NONE : options[index].identifiers();
  }

  /// The number it has in the log, 0 while it has none.
  public int number() {
    return number;
  }

  public void number(int given) {
    number = given;
    named = null;
  }

  /// How a message's record names the set, which has a number unless it has one queue.
  public Targets named() {
    Targets name = named;
    if (name == null) {
      name = queues.length == 1 ? new Targets.One(queues[0], options[0]) : new Targets.Set(number);
      named = name;
    }
    return name;
  }

  /// The position of the last record that names it.
  public long usedAt() {
    return usedAt;
  }

  public void usedAt(long position) {
    usedAt = Math.max(usedAt, position);
  }

  public List<Group> groups() {
    Map<Option, List<Integer>> byOption = new LinkedHashMap<>();
    for (int i = 0; i < queues.length; i++) {
      byOption.computeIfAbsent(options[i], unused -> new ArrayList<>()).add(queues[i]);
    }
    List<Group> groups = new ArrayList<>(byOption.size());
    byOption.forEach((option, members) ->
        groups.add(new Group(option, members.stream().mapToInt(Integer::intValue).toArray())));
    return groups;
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof TargetSet other
        && other.hash == hash
        && Arrays.equals(other.queues, queues)
        && Arrays.equals(other.options, options);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
