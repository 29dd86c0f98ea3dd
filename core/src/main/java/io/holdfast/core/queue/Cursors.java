package io.holdfast.core.queue;

import io.holdfast.core.Invariant;
import io.holdfast.core.record.LogRecord.Cursor;
import io.holdfast.core.record.LogRecord.CursorImage;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// What a queue has to bring of retained messages before anything newer: one cursor for each
/// subscription that has more of them than are enqueued at once, and the entries that wait behind
/// each.
///
/// Entries that wait here have no sequence yet. They get theirs when the cursor before them is done
/// or given up. Of a durable queue they are backlog, and known by where they begin and their count.
final class Cursors {
  private final boolean durable;
  private final TreeMap<Long, Stage> stages = new TreeMap<>();
  private final Map<String, Long> byFilter = new HashMap<>();
  private long begun;
  private long waiting;

  Cursors(boolean durable) {
    this.durable = durable;
  }

  /// Takes what waited, in its order: entries of a transient queue, backlog of a durable one.
  interface Out {
    void entry(long entry, SubscriptionIdentifiers own);

    void backlog(long from, long count);
  }

  private static final class Stage implements Out {
    private Cursor cursor;
    private long from;
    private long count;
    private final EntryRing behind = new EntryRing();
    private Map<Long, SubscriptionIdentifiers> identifiers = Map.of();

    Stage(Cursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public void backlog(long start, long more) {
      if (more > 0) {
        from = count == 0 ? start : from;
        count += more;
      }
    }

    @Override
    public void entry(long entry, SubscriptionIdentifiers own) {
      if (own.count() > 0) {
        if (identifiers.isEmpty()) {
          identifiers = new HashMap<>();
        }
        identifiers.put(behind.tail(), own);
      }
      behind.add(entry);
    }

    void moveTo(Out out) {
      out.backlog(from, count);
      for (long i = behind.head(); i < behind.tail(); i++) {
        out.entry(behind.at(i), identifiers.getOrDefault(i, SubscriptionIdentifiers.NONE));
      }
    }
  }

  boolean isEmpty() {
    return stages.isEmpty();
  }

  /// How many entries wait.
  long waiting() {
    return waiting;
  }

  /// The cursor that is under way.
  Cursor first() {
    return stages.firstEntry().getValue().cursor;
  }

  /// One cursor of that filter may be there.
  void begin(Cursor cursor) {
    byFilter.put(cursor.filter(), begun);
    stages.put(begun++, new Stage(cursor));
  }

  /// The entry waits behind all that was begun.
  void add(long entry, SubscriptionIdentifiers own) {
    Stage last = stages.lastEntry().getValue();
    if (durable) {
      last.backlog(Entry.position(entry), 1);
    } else {
      last.entry(entry, own);
    }
    waiting++;
  }

  /// The same for what a snapshot says to be waiting.
  void add(long from, long count) {
    Invariant.check(count >= 0 && from >= 0, "what waits behind a cursor lies somewhere");
    stages.lastEntry().getValue().backlog(from, count);
    waiting += count;
  }

  /// The first cursor goes on behind that topic.
  void goesOnAfter(String topic) {
    Stage first = stages.firstEntry().getValue();
    first.cursor = first.cursor.after(topic);
  }

  /// The cursor of `filter` is done or given up. What waited behind it waits for the one before it,
  /// or no more.
  void end(String filter, Out out) {
    Long number = byFilter.remove(filter);
    Stage ended = number == null ? null : stages.remove(number);
    if (number == null || ended == null) {
      return;
    }
    Map.Entry<Long, Stage> before = stages.lowerEntry(number);
    if (before == null) {
      waiting -= ended.behind.tail() - ended.behind.head() + ended.count;
      ended.moveTo(out);
    } else {
      ended.moveTo(before.getValue());
    }
  }

  /// All that is backlog, as if it followed each other: between is nothing that could be found.
  void backlogTo(Out out) {
    for (Stage stage : stages.values()) {
      out.backlog(stage.from, stage.count);
    }
  }

  void forEachEntry(LongConsumer each) {
    for (Stage stage : stages.values()) {
      for (long i = stage.behind.head(); i < stage.behind.tail(); i++) {
        each.accept(stage.behind.at(i));
      }
    }
  }

  List<CursorImage> image() {
    List<CursorImage> image = new ArrayList<>(stages.size());
    for (Stage stage : stages.values()) {
      image.add(new CursorImage(stage.cursor, stage.from, stage.count));
    }
    return image;
  }
}
