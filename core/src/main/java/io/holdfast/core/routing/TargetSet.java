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
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.BatchIterator;
import org.roaringbitmap.RoaringBitmap;

/// The queues that want messages of a topic, in groups of those that want them in one way, each
/// ascending. Equality by content.
///
/// While a topic has it, it lies in arrays; then, as long as records may name it, in bitmaps: a
/// fleet that subscribes one by one makes a set for every message in between.
public final class TargetSet {
  public static final TargetSet EMPTY = new TargetSet(new int[0], new Option[0]);

  private static final int BATCH = 1024;

  private final int count;
  private final int hash;
  private @Nullable List<Group> groups;
  private List<Members> members = List.of();
  private int topics;
  private int number;
  private long usedAt;
  private @Nullable Targets named;

  /// The queues that want messages in one way.
  private record Members(Option option, RoaringBitmap queues) {}

  /// Told of the first `count` of `queues`, ascending, which want messages in one way.
  public interface Each {
    void targets(Option option, int[] queues, int count);
  }

  /// @param queues ascending
  /// @param options of each
  TargetSet(int[] queues, Option[] options) {
    this.groups = grouped(queues, options);
    this.count = queues.length;
    this.hash = 31 * Arrays.hashCode(queues) + Arrays.hashCode(options);
  }

  /// In the order of the first queue of each.
  private static List<Group> grouped(int[] queues, Option[] options) {
    Map<Option, Integer> counts = new LinkedHashMap<>();
    for (Option option : options) {
      counts.merge(option, 1, Integer::sum);
    }
    Map<Option, int[]> byOption = new LinkedHashMap<>();
    counts.forEach((option, many) -> byOption.put(option, new int[many]));
    counts.replaceAll((option, many) -> 0);
    for (int i = 0; i < queues.length; i++) {
      int next = counts.merge(options[i], 1, Integer::sum) - 1;
      byOption.getOrDefault(options[i], queues)[next] = queues[i];
    }
    List<Group> made = new ArrayList<>(byOption.size());
    byOption.forEach((option, those) -> made.add(new Group(option, those)));
    return made;
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

  public void forEach(Each each) {
    List<Group> inArrays = groups;
    if (inArrays != null) {
      for (Group group : inArrays) {
        each.targets(group.option(), group.queues(), group.queues().length);
      }
      return;
    }
    int[] batch = new int[BATCH];
    for (Members some : members) {
      BatchIterator next = some.queues.getBatchIterator();
      while (next.hasNext()) {
        each.targets(some.option, batch, next.nextBatch(batch));
      }
    }
  }

  /// Whether the groups can be had without being made.
  boolean isInArrays() {
    return groups != null;
  }

  /// How `queue` wants the message; absent where it does not.
  public Optional<Option> optionOf(int queue) {
    List<Group> inArrays = groups;
    if (inArrays != null) {
      for (Group group : inArrays) {
        if (Arrays.binarySearch(group.queues(), queue) >= 0) {
          return Optional.of(group.option());
        }
      }
      return Optional.empty();
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
    if (groups == null) {
      groups = equal.groups;
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
    if (groups != null && count > 0) {
      members = members();
      groups = null;
    }
  }

  private List<Members> members() {
    List<Group> inArrays = groups;
    if (inArrays == null) {
      return members;
    }
    List<Members> made = new ArrayList<>(inArrays.size());
    for (Group group : inArrays) {
      RoaringBitmap bitmap = RoaringBitmap.bitmapOf(group.queues());
      bitmap.runOptimize();
      bitmap.trim();
      made.add(new Members(group.option(), bitmap));
    }
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
      name = new Targets.Set(number);
      if (count == 1) {
        Group only = groups().getFirst();
        name = new Targets.One(only.queues()[0], only.option());
      }
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

  /// Nobody may change their arrays.
  public List<Group> groups() {
    List<Group> inArrays = groups;
    return inArrays != null
        ? inArrays
        : members.stream().map(some -> new Group(some.option, some.queues.toArray())).toList();
  }

  @Override
  public boolean equals(@Nullable Object object) {
    if (!(object instanceof TargetSet other) || other.hash != hash || other.count != count) {
      return false;
    }
    return (groups != null && other.groups != null)
        ? areEqual(groups, other.groups)
        : members().equals(other.members());
  }

  private static boolean areEqual(List<Group> these, List<Group> those) {
    boolean areEqual = these.size() == those.size();
    for (int i = 0; areEqual && i < these.size(); i++) {
      areEqual =
          these.get(i).option().equals(those.get(i).option())
              && Arrays.equals(these.get(i).queues(), those.get(i).queues());
    }
    return areEqual;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
