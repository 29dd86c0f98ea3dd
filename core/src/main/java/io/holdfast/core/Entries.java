package io.holdfast.core;

import io.holdfast.core.queue.DropCounters;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.Queue.State;
import io.holdfast.core.record.LogRecord.Acknowledged;
import io.holdfast.core.record.LogRecord.Cursor;
import io.holdfast.core.record.LogRecord.Displaced;
import io.holdfast.core.record.LogRecord.Dropped;
import io.holdfast.core.record.LogRecord.LetGo;
import io.holdfast.core.record.LogRecord.Loaded;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.RetainedBegun;
import io.holdfast.core.record.LogRecord.RetainedBrought;
import io.holdfast.core.record.LogRecord.RetainedEnqueued;
import io.holdfast.core.record.LogRecord.SentMark;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.routing.Router;
import io.holdfast.core.routing.TargetSet;
import io.holdfast.protocol.packet.QoS;
import java.util.Arrays;
import java.util.Optional;

/// The queues' part of durable state: how messages become entries, and how entries leave.
///
/// Each entry that is made and each that leaves is told to the listener, which counts what is
/// wanted.
final class Entries {
  private final Router router;
  private final QueueNumbers numbers;
  private final Leftovers leftovers;
  private final DurableState.Listener listener;

  Entries(
      Router router, QueueNumbers numbers, Leftovers leftovers, DurableState.Listener listener) {
    this.router = router;
    this.numbers = numbers;
    this.leftovers = leftovers;
    this.listener = listener;
  }

  // How they are made

  /// The message becomes an entry of each durable queue that wants it and is not full.
  void apply(long position, Published record) {
    int enqueued = 0;
    switch (record.targets()) {
      case Targets.None none -> {}
      case Targets.One one -> enqueued += enqueueOne(one, position, record);
      case Targets.AsRetained retained ->
          apply(
              position,
              new RetainedEnqueued(
                  retained.queue(),
                  retained.maximumQoS(),
                  retained.identifier(),
                  new long[] {position}));
      case Targets.Set set -> enqueued += enqueue(set.number(), position, record);
    }
    if (enqueued > 0) {
      listener.wanted(position, enqueued);
    }
  }

  private int enqueueOne(Targets.One one, long position, Published record) {
    return enqueue(one.option(), new int[] {one.queue()}, 1, position, record);
  }

  private int enqueue(int set, long position, Published record) {
    TargetSet targets = router.numbered(set);
    targets.usedAt(position);
    int[] enqueued = new int[1];
    targets.forEach(
        (option, queues, count) -> enqueued[0] += enqueue(option, queues, count, position, record));
    return enqueued[0];
  }

  /// Gives the number of entries made.
  private int enqueue(Option option, int[] queues, int count, long position, Published record) {
    QoS qos = QoS.lower(record.qos(), option.granted());
    if (!wantsEntry(qos, record.queuesQoS0())) {
      return 0;
    }
    boolean retain = record.retain() && option.retainAsPublished();
    boolean anyFull = record.full().length > 0;
    int enqueued = 0;
    for (int i = 0; i < count; i++) {
      int number = queues[i];
      if (anyFull && Arrays.binarySearch(record.full(), number) >= 0) {
        numbers
            .queue(number, position)
            .filter(Queue::isDurable)
            .ifPresent(queue -> queue.countDropped(DropCounters.FULL, 1));
      } else if (numbers.arrivals().add(number, position)
          || enqueue(number, position, qos, retain)) {
        enqueued++;
      }
    }
    return enqueued;
  }

  private boolean enqueue(int number, long position, QoS qos, boolean retain) {
    Queue queue = numbers.get(number);
    if (queue == null || position < queue.countsFrom() || !queue.isDurable()) {
      return false;
    }
    queue.enqueue(position, qos, retain);
    listener.enqueued(queue);
    return true;
  }

  /// The message at `position` waits for a transient session, which no record says.
  void enqueueTransient(Queue queue, long position, Published message, Option option) {
    queue.enqueueTransient(
        position,
        QoS.lower(message.qos(), option.granted()),
        message.retain() && option.retainAsPublished(),
        option.identifiers());
    listener.held(position);
    listener.enqueued(queue);
  }

  /// Whether a message at effective `qos` becomes an entry of a durable queue. With transient ones
  /// records have nothing to do.
  static boolean wantsEntry(QoS qos, boolean queuesQoS0) {
    return qos != QoS.AT_MOST_ONCE || queuesQoS0;
  }

  /// The same for a message at `qos`, as its queue wants it.
  static boolean becomesEntry(QoS qos, Option option, boolean queuesQoS0) {
    return wantsEntry(QoS.lower(qos, option.granted()), queuesQoS0);
  }

  void apply(long position, RetainedEnqueued entries) {
    numbers
        .queue(entries.queue(), position)
        .ifPresent(queue -> {
          queue.enqueueRetained(
              entries.positions(), entries.maximumQoS(), position, entries.identifier());
          wanted(queue, entries.positions());
          listener.enqueued(queue);
        });
  }

  void apply(long position, RetainedBegun begun) {
    numbers
        .queue(begun.queue(), position)
        .ifPresent(queue -> {
          queue.begin(
              new Cursor(
                  begun.filter(),
                  begun.maximumQoS(),
                  begun.identifier(),
                  position,
                  Optional.empty()),
              position);
          listener.enqueued(queue);
        });
  }

  void apply(long position, RetainedBrought brought) {
    numbers
        .queue(brought.queue(), position)
        .ifPresent(queue -> {
          queue.brought(brought.positions(), brought.goesOnAfter(), position);
          wanted(queue, brought.positions());
          listener.enqueued(queue);
        });
  }

  private void wanted(Queue queue, long[] positions) {
    for (long position : positions) {
      wanted(queue, position);
    }
  }

  /// An entry of `queue` wants the message.
  void wanted(Queue queue, long position) {
    if (queue.isDurable()) {
      listener.wanted(position, 1);
    } else {
      listener.held(position);
    }
  }

  private void left(Queue queue, long position) {
    if (queue.isDurable()) {
      listener.left(position, 1);
    } else if (position != 0) {
      listener.released(position);
    }
  }

  void apply(long position, Loaded loaded) {
    numbers
        .queue(loaded.queue(), position)
        .ifPresent(queue -> {
          queue.load(loaded.entries(), loaded.goesOnFrom());
          listener.enqueued(queue);
        });
  }

  /// The subscription is gone, by a record at `position`: what it has not brought stays away.
  void endCursor(Queue queue, String filter, long position) {
    if (queue.hasCursor()) {
      queue.endCursor(filter, position);
      listener.enqueued(queue);
    }
  }

  // What becomes of them

  void apply(long position, Displaced displaced) {
    numbers
        .queue(displaced.queue(), position)
        .ifPresent(queue -> {
          long[] counts = displaced.counts();
          Invariant.check(
              displaced.positions().length == counts.length, "each segment has its count");
          long count = 0;
          for (long some : counts) {
            Invariant.check(some > 0 && some <= queue.backlogCount(), "what there is is displaced");
            count += some;
          }
          queue.displace(count, displaced.goesOnFrom());
          queue.passedOver(position);
          for (int i = 0; i < counts.length; i++) {
            listener.left(displaced.positions()[i], counts[i]);
          }
        });
  }

  void apply(long position, SentMark mark) {
    numbers.queue(mark.queue(), position).ifPresent(queue -> queue.raiseSentMark(mark.until()));
  }

  void apply(long position, Acknowledged record) {
    numbers
        .queue(record.queue(), position)
        .ifPresent(queue -> acknowledge(queue, record.done(), record.received()));
  }

  /// Also for transient queues, of which no record says it.
  void acknowledge(Queue queue, long[] done, long[] received) {
    for (long sequence : received) {
      if (queue.holds(sequence)) {
        queue.become(sequence, State.RECEIVED);
      }
    }
    for (long sequence : done) {
      if (complete(queue, sequence)) {
        queue.countHandled();
      }
    }
  }

  void apply(long position, Dropped dropped) {
    numbers
        .queue(dropped.queue(), position)
        .ifPresent(queue -> {
          for (long sequence : dropped.sequences()) {
            drop(queue, sequence, DropCounters.of(dropped.reason()));
          }
          if (dropped.reason().isOfTheMoment()) {
            queue.passedOver(position);
          }
        });
  }

  /// The entry leaves its queue unhandled, for the reason that has this counter. Also for transient
  /// queues, of which no record says it.
  void drop(Queue queue, long sequence, int counter) {
    if (complete(queue, sequence)) {
      queue.countDropped(counter, 1);
    }
  }

  /// The entry leaves its queue. Where it came from a shared one, another record says so there.
  /// False where it had left before.
  private boolean complete(Queue queue, long sequence) {
    if (!queue.holds(sequence) || queue.state(sequence) == State.DONE) {
      return false;
    }
    long position = queue.position(sequence);
    queue.become(sequence, State.DONE);
    left(queue, position);
    return true;
  }

  /// The queue ends, by the record at `position`, with all that waits in it.
  void abandon(Queue queue, long position) {
    queue.forEachInMemory(message -> left(queue, message));
    if (queue.isDurable()) {
      leftovers.add(queue, position);
    }
  }

  /// What a queue that ended had wanted is let go.
  void apply(long position, LetGo gone) {
    Invariant.check(gone.positions().length == gone.counts().length, "each segment has its count");
    if (leftovers.apply(position, gone)) {
      for (int i = 0; i < gone.counts().length; i++) {
        listener.left(gone.positions()[i], gone.counts()[i]);
      }
    }
  }
}
