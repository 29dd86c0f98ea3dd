package io.holdfast.core;

import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord.Group;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.routing.TargetSet;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import java.util.Arrays;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/// Which queues are at the limit that the operator set, and what follows from that.
final class FullQueues {
  static final String REFUSAL = "a queue that wants this message is full";

  private static final double MUCH = 0.8;
  private static final int SLACK = 16;
  private static final int[] NONE = new int[0];

  private final Journal journal;
  private final Counters counters;
  private final BrokerSettings settings;
  private final boolean mayDropOldest;
  private final LinkedHashSet<Queue> over = new LinkedHashSet<>();
  private final RareWarning warning;

  FullQueues(Journal journal, Counters counters, Effects effects, BrokerSettings settings) {
    this.journal = journal;
    this.counters = counters;
    this.settings = settings;
    this.mayDropOldest = settings.queueLimit().mayDropOldest();
    this.warning = new RareWarning(journal, effects);
  }

  /// How full the fullest of `targets` is of which the publisher has to feel it, where that is
  /// much: 0.8 to 1, and 0 else. From 1 on the publisher is refused.
  double fullness(QoS qos, Bytes topic, TargetSet targets) {
    double fullest = 0;
    if (!settings.queueLimit().mayReject()) {
      return fullest;
    }
    for (Group group : targets.groups()) {
      for (int number : becomesEntry(qos, group) ? group.queues() : NONE) {
        Queue queue = journal.state().numbers().get(number);
        if (queue != null
            && fullness(queue) >= Math.max(MUCH, fullest)
            && policy(queue, topic) == Policy.REJECT) {
          fullest = fullness(queue);
          warnIfFull(queue);
        }
      }
    }
    return fullest;
  }

  private double fullness(Queue queue) {
    return (double) queue.unsent() / settings.queueLimit().messagesMaximum();
  }

  private boolean becomesEntry(QoS qos, Group group) {
    return Entries.becomesEntry(qos, group.option(), settings.queuesQoS0());
  }

  private Policy policy(Queue queue, Bytes topic) {
    return settings.queueLimit().policy(ownerOf(queue), topic.toUtf8());
  }

  private void warnIfFull(Queue queue) {
    if (isAtLimit(queue)) {
      warning.say(() ->
          "'%s' has %d messages waiting and takes no more (max_queued_messages): who publishes for"
                  .formatted(ownerOf(queue), queue.unsent())
              + " it is refused until it has taken some");
    }
  }

  /// The numbers of those that do not take a message whose publisher is not refused, ascending. It
  /// counts as dropped.
  int[] withoutRoom(QoS qos, Bytes topic, TargetSet targets) {
    if (settings.queueLimit().messagesMaximum() == 0) {
      return NONE;
    }
    int[] full = new int[targets.count()];
    int count = 0;
    for (Group group : targets.groups()) {
      for (int number : becomesEntry(qos, group) ? group.queues() : NONE) {
        Queue queue = journal.state().numbers().get(number);
        if (queue != null && dropsFor(queue, topic)) {
          full[count++] = number;
        }
      }
    }
    Arrays.sort(full, 0, count);
    return count == 0 ? NONE : Arrays.copyOf(full, count);
  }

  /// Whether the queue takes no more: then a message on `topic` is dropped for it, and counted.
  /// Where the oldest makes room it does, but for what waits behind a cursor.
  boolean dropsFor(Queue queue, Bytes topic) {
    if (!isAtLimit(queue)) {
      return false;
    }
    if (mayDropOldest && !queue.hasCursor() && policy(queue, topic) == Policy.DROP_OLDEST) {
      over.add(queue);
      return false;
    }
    counters.dropped(ownerOf(queue), Event.Reason.QUEUE_FULL, 1);
    return true;
  }

  /// A queue whose oldest messages have to make room, once each time; null where there is none.
  @Nullable Queue takeOver() {
    return over.isEmpty() ? null : over.removeFirst();
  }

  boolean hasOver() {
    return !over.isEmpty();
  }

  /// It is still over its limit: it is to be looked at again.
  void over(Queue queue) {
    over.add(queue);
  }

  /// How many messages more than its limit it holds.
  long excess(Queue queue) {
    return Math.max(0, queue.unsent() - settings.queueLimit().messagesMaximum());
  }

  /// So many messages of the queue's backlog may wait beyond its limit before they make room, so
  /// that not each of them is looked for.
  long slack() {
    return settings.queueLimit().messagesMaximum() / SLACK;
  }

  /// So many messages made room for newer ones.
  void displaced(Queue queue, long count) {
    Invariant.check(isAtLimit(queue), "no more makes room than is too much");
    counters.dropped(ownerOf(queue), Event.Reason.DISPLACED, count);
  }

  private boolean isAtLimit(Queue queue) {
    long maximum = settings.queueLimit().messagesMaximum();
    return maximum > 0 && queue.unsent() >= maximum;
  }

  private String ownerOf(Queue queue) {
    SharedSubscription shared = journal.state().numbers().shared(queue.number());
    if (shared != null) {
      return shared.text();
    }
    Session session = journal.state().numbers().session(queue.number());
    return session == null ? "" : session.clientId();
  }
}
