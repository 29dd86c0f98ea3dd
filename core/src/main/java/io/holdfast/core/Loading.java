package io.holdfast.core;

import io.holdfast.core.queue.Entry;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord.Displaced;
import io.holdfast.core.record.LogRecord.Leftover;
import io.holdfast.core.record.LogRecord.LetGo;
import io.holdfast.core.record.LogRecord.Loaded;
import io.holdfast.core.session.Session;
import io.holdfast.log.Found;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Brings the backlog of queues into their windows as consumers go on, takes its oldest messages
/// out of those that are over their limit, and lets go of what queues left that have ended. The
/// log's index finds it; a record says each time what was found.
///
/// Such a record names messages by position, so it names settled ones only.
final class Loading {
  private static final int LET_GO_MAX = 1_000;

  private final Journal journal;
  private final FoundEntries entries;
  private final FullQueues full;
  private final int windowMax;
  private final Consumer<Queue> wake;
  private final Map<Queue, Search> searches = new HashMap<>();

  /// Queues whose next message is not settled, or lies in a block that is being read, or has no
  /// packet identifier until what was handled has left the queue.
  private final Set<Queue> waiting = new LinkedHashSet<>();

  private boolean looksForLeftover;
  private long leftoverLookedFor;
  private long leftoverLookedUntil;

  /// @param wake has the consumers of a queue look again
  Loading(Journal journal, FullQueues full, int windowMax, Consumer<Queue> wake) {
    this.journal = journal;
    this.full = full;
    this.entries = new FoundEntries(journal);
    this.windowMax = windowMax;
    this.wake = wake;
  }

  /// How far the backlog of a queue was looked through.
  private static final class Search {
    private long asked = -1;
    private long from;
    private boolean isUnderWay;

    /// Whether the oldest that is found has to make room.
    private boolean displaces;

    private int nextSet;
    private int[] keys = new int[0];
  }

  /// More is settled than before, or was read.
  void goOn() {
    List<Queue> woken = List.copyOf(waiting);
    waiting.clear();
    for (Queue queue : woken) {
      Search search = searches.get(queue);
      if (search != null && search.displaces) {
        full.over(queue);
      }
      wake.accept(queue);
    }
    lookForLeftover();
  }

  /// Whether a message waits to be settled, or to be read.
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  // Queues

  /// Its consumer has come to `sequence`: where little is left in the window, more is looked for.
  void reached(Queue queue, long sequence) {
    if (!queue.hasBacklog() || queue.windowEnd() - sequence > windowMax / 2) {
      return;
    }
    if (hasPacketIds(queue)) {
      look(queue);
    } else {
      waiting.add(queue);
    }
  }

  private boolean hasPacketIds(Queue queue) {
    return queue.windowEnd() - queue.head() <= Queue.SPAN_MAX || isShared(queue);
  }

  /// The oldest messages of the backlog make room, until the queue is at its limit.
  void displace(Queue queue) {
    searches.computeIfAbsent(queue, unused -> new Search()).displaces = true;
    look(queue);
  }

  /// Then no packet identifier follows from a sequence, and the others go on behind an entry that
  /// one member holds for long.
  private boolean isShared(Queue queue) {
    return journal.state().numbers().shared(queue.number()) != null;
  }

  /// Forgets how far was looked for those who are gone.
  void forgetUnattended() {
    searches
        .entrySet()
        .removeIf(each -> !each.getValue().isUnderWay && !concerns(each.getKey(), each.getValue()));
  }

  private void look(Queue queue) {
    Search search = searches.computeIfAbsent(queue, unused -> new Search());
    if (search.isUnderWay) {
      return;
    }
    if (search.asked != queue.backlogFrom()) {
      search.asked = queue.backlogFrom();
      search.from = search.asked;
    }
    if (search.from >= journal.log().settled()) {
      waiting.add(queue);
      return;
    }
    search.isUnderWay = true;
    journal
        .log()
        .find(keys(queue, search), search.from, windowMax, found -> found(queue, search, found));
  }

  /// Looked up again where there are new sets.
  private int[] keys(Queue queue, Search search) {
    int nextSet = journal.state().router().nextNumber();
    if (search.nextSet != nextSet) {
      search.nextSet = nextSet;
      search.keys = entries.keysOf(queue.number());
    }
    return search.keys;
  }

  private void found(Queue queue, Search search, Found found) {
    search.isUnderWay = false;
    if (!concerns(queue, search) || !queue.hasBacklog() || queue.backlogFrom() != search.asked) {
      searches.remove(queue, search);
      if (search.displaces && isThere(queue)) {
        full.over(queue);
      }
      wake.accept(queue);
      return;
    }
    // What lies behind the backlog waits behind a cursor.
    long max = queue.hasCursor() ? queue.backlogCount() : Long.MAX_VALUE;
    FoundEntries.Taken taken = entries.take(queue.number(), found, Long.MAX_VALUE, max);
    search.from = taken.goesOnFrom();
    if (taken.entries().length > 0) {
      take(queue, search, taken);
      search.asked = queue.backlogFrom();
      wake.accept(queue);
    }
    Invariant.check(
        !queue.hasBacklog() || taken.goesOnFrom() < journal.log().end(),
        "the index finds all that waits");
    if (!queue.hasBacklog()) {
      searches.remove(queue, search);
    } else if (!taken.isAll()) {
      waiting.add(queue);
    } else if (taken.entries().length == 0) {
      look(queue);
    } else if (search.displaces) {
      full.over(queue);
    }
  }

  /// Those that may have been sent come into the window, for they leave by acknowledgement only;
  /// then as many as are too many make room, and the others come for whoever is there.
  private void take(Queue queue, Search search, FoundEntries.Taken taken) {
    long[] found = taken.entries();
    int done = 0;
    if (search.displaces) {
      long excess = full.excess(queue);
      long sent = queue.sentUntil() - queue.windowEnd();
      int kept = excess > 0 ? Math.clamp(sent, 0, found.length) : 0;
      load(queue, taken, 0, kept);
      done = kept + Math.clamp(excess, 0, found.length - kept);
      displace(queue, taken, kept, done);
      search.displaces = full.excess(queue) > 0;
    }
    if (isAttended(queue) && hasPacketIds(queue)) {
      load(queue, taken, done, found.length);
    } else if (done < found.length) {
      search.from = Entry.position(found[done]);
    }
  }

  private void load(Queue queue, FoundEntries.Taken taken, int from, int to) {
    if (from < to) {
      long[] entries = Arrays.copyOfRange(taken.entries(), from, to);
      journal.commit(new Loaded(queue.number(), entries, taken.goesOnFrom(to)));
    }
  }

  private void displace(Queue queue, FoundEntries.Taken taken, int from, int to) {
    if (from < to) {
      BySegment gone = BySegment.of(journal.log(), taken.entries(), from, to);
      journal.commit(
          new Displaced(queue.number(), taken.goesOnFrom(to), gone.positions(), gone.counts()));
      full.displaced(queue, to - from);
    }
  }

  /// Whether there is a reason to look through its backlog.
  private boolean concerns(Queue queue, Search search) {
    return isAttended(queue) || (search.displaces && isThere(queue));
  }

  @SuppressWarnings("ReferenceEquality") // This very queue is meant.
  private boolean isThere(Queue queue) {
    return journal.state().numbers().get(queue.number()) == queue;
  }

  /// Whether there is somebody for whom to load it.
  private boolean isAttended(Queue queue) {
    if (!isThere(queue)) {
      return false;
    }
    Session session = journal.state().numbers().session(queue.number());
    return session == null || session.isConnected();
  }

  // What queues left

  /// Looks for messages that nobody wants any more since their queue has ended.
  void lookForLeftover() {
    Optional<Leftover> first = journal.state().leftovers().first();
    if (looksForLeftover || first.isEmpty()) {
      return;
    }
    Leftover leftover = first.get();
    if (leftoverLookedFor != leftover.bornAt()) {
      leftoverLookedFor = leftover.bornAt();
      leftoverLookedUntil = 0;
    }
    long from = Math.max(leftover.from(), leftoverLookedUntil);
    if (from < journal.log().settled()) {
      looksForLeftover = true;
      journal
          .log()
          .find(
              entries.keysOf(leftover.queue()),
              from,
              LET_GO_MAX,
              found -> foundLeftover(leftover, found));
    }
  }

  private void foundLeftover(Leftover leftover, Found found) {
    looksForLeftover = false;
    FoundEntries.Taken taken =
        entries.take(leftover.queue(), found, leftover.until(), Long.MAX_VALUE);
    leftoverLookedUntil = taken.goesOnFrom();
    if (taken.entries().length > 0) {
      BySegment gone = BySegment.of(journal.log(), taken.entries(), 0, taken.entries().length);
      journal.commit(
          new LetGo(leftover.bornAt(), taken.goesOnFrom(), gone.positions(), gone.counts()));
    }
    boolean isGone = !journal.state().leftovers().holds(leftover.bornAt());
    Invariant.check(
        isGone || taken.goesOnFrom() < leftover.until(), "the index finds all that was left");
    if (taken.isAll()) {
      lookForLeftover();
    }
  }
}
