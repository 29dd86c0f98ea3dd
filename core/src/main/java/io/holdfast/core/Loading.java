package io.holdfast.core;

import io.holdfast.core.queue.Entry;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord.Leftover;
import io.holdfast.core.record.LogRecord.LetGo;
import io.holdfast.core.record.LogRecord.Loaded;
import io.holdfast.core.session.Session;
import io.holdfast.log.Found;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Brings the backlog of queues into their windows as consumers go on, and lets go of what queues
/// left that have ended. The log's index finds it; a record says each time what was found.
///
/// Such a record names messages by position, so it names settled ones only.
final class Loading {
  private static final int LET_GO_MAX = 1_000;

  private final Journal journal;
  private final FoundEntries entries;
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
  Loading(Journal journal, int windowMax, Consumer<Queue> wake) {
    this.journal = journal;
    this.entries = new FoundEntries(journal);
    this.windowMax = windowMax;
    this.wake = wake;
  }

  /// How far the backlog of a queue was looked through.
  private static final class Search {
    private long asked = -1;
    private long from;
    private boolean isUnderWay;
    private int nextSet;
    private int[] keys = new int[0];
  }

  /// More is settled than before, or was read.
  void goOn() {
    List<Queue> woken = List.copyOf(waiting);
    waiting.clear();
    woken.forEach(wake);
    lookForLeftover();
  }

  // Queues

  /// Its consumer has come to `sequence`: where little is left in the window, more is looked for.
  void reached(Queue queue, long sequence) {
    if (!queue.hasBacklog() || queue.windowEnd() - sequence > windowMax / 2) {
      return;
    }
    if (queue.windowEnd() - queue.head() <= Queue.SPAN_MAX || isShared(queue)) {
      look(queue);
    } else {
      waiting.add(queue);
    }
  }

  /// Then no packet identifier follows from a sequence, and the others go on behind an entry that
  /// one member holds for long.
  private boolean isShared(Queue queue) {
    return journal.state().numbers().shared(queue.number()) != null;
  }

  /// Forgets how far was looked for those who are gone.
  void forgetUnattended() {
    searches.entrySet().removeIf(each -> !each.getValue().isUnderWay && !isAttended(each.getKey()));
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
    if (!isAttended(queue) || !queue.hasBacklog() || queue.backlogFrom() != search.asked) {
      searches.remove(queue, search);
      wake.accept(queue);
      return;
    }
    // What lies behind the backlog waits behind a cursor.
    long max = queue.hasCursor() ? queue.backlogCount() : Long.MAX_VALUE;
    FoundEntries.Taken taken = entries.take(queue.number(), found, Long.MAX_VALUE, max);
    search.from = taken.goesOnFrom();
    if (taken.entries().length > 0) {
      journal.commit(new Loaded(queue.number(), taken.entries(), taken.goesOnFrom()));
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
    }
  }

  /// Whether there is somebody for whom to load it.
  private boolean isAttended(Queue queue) {
    if (journal.state().numbers().get(queue.number()) != queue) {
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
      journal.commit(letGo(leftover, taken));
    }
    boolean isGone = !journal.state().leftovers().holds(leftover.bornAt());
    Invariant.check(
        isGone || taken.goesOnFrom() < leftover.until(), "the index finds all that was left");
    if (taken.isAll()) {
      lookForLeftover();
    }
  }

  /// Messages of one segment are let go together.
  private LetGo letGo(Leftover leftover, FoundEntries.Taken taken) {
    Sequences positions = new Sequences();
    Sequences counts = new Sequences();
    long segmentEnd = 0;
    long count = 0;
    for (long entry : taken.entries()) {
      long position = Entry.position(entry);
      if (position >= segmentEnd) {
        if (count > 0) {
          counts.add(count);
        }
        positions.add(position);
        segmentEnd = journal.log().segmentEnd(journal.log().segmentOf(position));
        count = 0;
      }
      count++;
    }
    counts.add(count);
    return new LetGo(
        leftover.bornAt(), taken.goesOnFrom(), positions.takeInOrder(), counts.takeInOrder());
  }
}
