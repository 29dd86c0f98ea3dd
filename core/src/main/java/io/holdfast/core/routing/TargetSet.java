package io.holdfast.core.routing;

import io.holdfast.core.Invariant;
import io.holdfast.core.record.LogRecord.Group;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

/// The queues that want messages of a topic, ascending, each with how it wants them. Equality by
/// content.
///
/// While a topic has it, it lies in arrays; then, as long as records may name it, in bitmaps: a
/// fleet that subscribes one by one makes a set for every message in between.
public final class TargetSet {
  public static final TargetSet EMPTY = new TargetSet(new int[0], new Option[0]);

  private final int count;
  private final int hash;
  private int @Nullable [] queues;
  private Option @Nullable [] options;
  private List<Members> members = List.of();
  private int topics;
  private int number;
  private long usedAt;
  private @Nullable Targets named;

  /// The queues that want messages in one way.
  private record Members(Option option, RoaringBitmap queues) {}

  /// Told of each queue with its option.
  public interface Each {
    void target(int queue, Option option);
  }

  TargetSet(int[] queues, Option[] options) {
    this.queues = queues;
    this.options = options;
    this.count = queues.length;
    this.hash = 31 * Arrays.hashCode(queues) + Arrays.hashCode(options);
  }

  static TargetSet of(List<Group> groups) {
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
    return new TargetSet(queues, options);
  }

  public int count() {
    return count;
  }

  public int queue(int index) {
    return Objects.requireNonNull(queues)[index];
  }

  public Option option(int index) {
    return Objects.requireNonNull(options)[index];
  }

  /// In no order, where it lies in bitmaps.
  public void forEach(Each each) {
    if (queues != null) {
      for (int i = 0; i < count; i++) {
        each.target(queue(i), option(i));
      }
      return;
    }
    for (Members some : members) {
      IntIterator next = some.queues.getIntIterator();
      while (next.hasNext()) {
        each.target(next.next(), some.option);
      }
    }
  }

  /// Whether `queue` and `option` may be asked for.
  public boolean isInArrays() {
    return queues != null;
  }

  /// How `queue` wants the message; absent where it does not.
  public Optional<Option> optionOf(int queue) {
    int[] sorted = queues;
    if (sorted != null) {
      int index = Arrays.binarySearch(sorted, queue);
      return index < 0 ? Optional.empty() : Optional.of(option(index));
    }
    return members.stream()
        .filter(some -> some.queues.contains(queue))
        .map(Members::option)
        .findFirst();
  }

  /// The identifiers of the subscriptions by which `queue` wants the message.
  public SubscriptionIdentifiers identifiersOf(int queue) {
    return optionOf(queue).map(Option::identifiers).orElse(SubscriptionIdentifiers.NONE);
  }

  // Which topics have it

  /// A topic has it from now on, and with it the arrays of `equal`.
  void takenBy(TargetSet equal) {
    topics++;
    if (queues == null) {
      queues = equal.queues;
      options = equal.options;
      members = List.of();
    }
  }

  /// A topic has it no more. True where none has.
  boolean left() {
    Invariant.check(topics > 0, "a topic gives up a set that it has");
    topics--;
    return topics == 0;
  }

  boolean isTaken() {
    return topics > 0;
  }

  /// No topic has it: it lies in bitmaps from now on.
  void compact() {
    if (queues == null || count == 0) {
      return;
    }
    members = members();
    queues = null;
    options = null;
  }

  private List<Members> members() {
    if (queues == null) {
      return members;
    }
    Map<Option, RoaringBitmap> byOption = new LinkedHashMap<>();
    forEach((queue, option) -> {
      byOption.computeIfAbsent(option, unused -> new RoaringBitmap()).add(queue);
    });
    List<Members> made = new ArrayList<>(byOption.size());
    byOption.forEach((option, bitmap) -> {
      bitmap.runOptimize();
      bitmap.trim();
      made.add(new Members(option, bitmap));
    });
    return made;
  }

  // How records name it

  /// The number it has in the log, 0 while it has none.
  public int number() {
    return number;
  }

  void number(int given) {
    number = given;
    named = null;
  }

  /// How a message's record names the set, which has a number unless it has one queue.
  public Targets named() {
    Targets name = named;
    if (name == null) {
      name = count == 1 ? new Targets.One(queue(0), option(0)) : new Targets.Set(number);
      named = name;
    }
    return name;
  }

  /// The position of the last record that names it.
  long usedAt() {
    return usedAt;
  }

  public void usedAt(long position) {
    usedAt = Math.max(usedAt, position);
  }

  public List<Group> groups() {
    return members().stream().map(some -> new Group(some.option, some.queues.toArray())).toList();
  }

  @Override
  public boolean equals(@Nullable Object object) {
    if (!(object instanceof TargetSet other) || other.hash != hash || other.count != count) {
      return false;
    }
    return (queues != null && other.queues != null)
        ? Arrays.equals(other.queues, queues) && Arrays.equals(other.options, options)
        : members().equals(other.members());
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
