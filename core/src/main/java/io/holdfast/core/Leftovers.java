package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord.Leftover;
import io.holdfast.core.record.LogRecord.LetGo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The backlogs of queues that have ended: their messages are wanted until somebody has looked for
/// them.
final class Leftovers {
  /// By the position of the record that made the queue.
  private final TreeMap<Long, Leftover> byBirth = new TreeMap<>();

  /// A snapshot has said what was left before this position.
  private long countsFrom;

  /// The queue ends with the record at `position`.
  void add(Queue queue, long position) {
    if (position < countsFrom) {
      return;
    }
    queue
        .leftover()
        .ifPresent(all ->
            byBirth.put(
                all.bornAt(),
                new Leftover(all.queue(), all.bornAt(), all.from(), position, all.count())));
  }

  void recover(long position, List<Leftover> said) {
    countsFrom = position;
    for (Leftover leftover : said) {
      Invariant.check(
          leftover.count() > 0 && leftover.from() >= 0, "what a queue left lies somewhere");
      byBirth.put(leftover.bornAt(), leftover);
    }
  }

  /// Some were found and are let go, by the record at `position`. False where a snapshot has it
  /// already.
  boolean apply(long position, LetGo gone) {
    Leftover before = byBirth.get(gone.bornAt());
    if (before == null || position < countsFrom) {
      return false;
    }
    long count = before.count();
    for (long some : gone.counts()) {
      Invariant.check(some > 0 && some <= count, "no more is let go than was left");
      count -= some;
    }
    byBirth.remove(gone.bornAt());
    if (count > 0) {
      byBirth.put(
          before.bornAt(),
          new Leftover(before.queue(), before.bornAt(), gone.goesOnFrom(), before.until(), count));
    }
    return true;
  }

  boolean holds(long bornAt) {
    return byBirth.containsKey(bornAt);
  }

  Optional<Leftover> first() {
    return byBirth.isEmpty() ? Optional.empty() : Optional.of(byBirth.firstEntry().getValue());
  }

  List<Leftover> all() {
    return new ArrayList<>(byBirth.values());
  }
}
