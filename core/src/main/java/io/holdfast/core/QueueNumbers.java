package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.session.Session;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Queues by number. A number is given again only after the end of its last owner is durable.
final class QueueNumbers {
  private @Nullable Queue[] queues = new @Nullable Queue[64];
  private @Nullable Session[] sessions = new @Nullable Session[64];
  private final ArrayDeque<Freed> freed = new ArrayDeque<>();
  private int next = 1;

  /// A number that nobody has and no record after `durable` may speak of as somebody else's.
  int take(long durable) {
    Freed oldest = freed.peekFirst();
    if (oldest != null && oldest.position() < durable && queues[oldest.number()] == null) {
      freed.removeFirst();
      return oldest.number();
    }
    if (oldest != null && queues[oldest.number()] != null) {
      freed.removeFirst();
      return take(durable);
    }
    return next++;
  }

  void put(Queue queue) {
    int number = queue.number();
    if (number >= queues.length) {
      int length = Math.max(number + 1, queues.length * 2);
      queues = Arrays.copyOf(queues, length);
      sessions = Arrays.copyOf(sessions, length);
    }
    queues[number] = queue;
    sessions[number] = null;
    next = Math.max(next, number + 1);
  }

  void put(Session session) {
    put(session.queue());
    sessions[session.queueNumber()] = session;
  }

  /// The queue's last record lies at `position`.
  void free(Queue queue, long position) {
    if (get(queue.number()) == queue) {
      queues[queue.number()] = null;
      sessions[queue.number()] = null;
      freed.addLast(new Freed(queue.number(), position));
    }
  }

  @Nullable Queue get(int number) {
    return number < queues.length ? queues[number] : null;
  }

  @Nullable Session session(int number) {
    return number < sessions.length ? sessions[number] : null;
  }

  private record Freed(int number, long position) {}
}
