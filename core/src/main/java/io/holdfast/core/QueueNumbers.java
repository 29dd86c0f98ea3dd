package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.routing.Subscriber;
import io.holdfast.core.session.Session;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Queues by number, with their owners. A number is given again only after the end of its last
/// owner is durable.
final class QueueNumbers {
  private @Nullable Queue[] queues = new @Nullable Queue[64];
  private @Nullable Subscriber[] owners = new @Nullable Subscriber[64];
  private final ArrayDeque<Freed> freed = new ArrayDeque<>();
  private int next = 1;

  /// A number that nobody has and no record after `durable` may speak of as somebody else's.
  int take(long durable) {
    while (!freed.isEmpty() && freed.getFirst().position() < durable) {
      int number = freed.removeFirst().number();
      // Recovery may have given it to its next owner already.
      if (queues[number] == null) {
        return number;
      }
    }
    return next++;
  }

  void put(Session session) {
    put(session.queue(), session);
  }

  void put(SharedSubscription shared) {
    put(shared.queue(), shared);
  }

  private void put(Queue queue, Subscriber owner) {
    int number = queue.number();
    if (number >= queues.length) {
      int length = Math.max(number + 1, queues.length * 2);
      queues = Arrays.copyOf(queues, length);
      owners = Arrays.copyOf(owners, length);
    }
    queues[number] = queue;
    owners[number] = owner;
    next = Math.max(next, number + 1);
  }

  /// The queue's last record lies at `position`.
  void free(Queue queue, long position) {
    if (get(queue.number()) == queue) {
      queues[queue.number()] = null;
      owners[queue.number()] = null;
      freed.addLast(new Freed(queue.number(), position));
    }
  }

  @Nullable Queue get(int number) {
    return number < queues.length ? queues[number] : null;
  }

  /// The queue of that number, if a record at `position` counts for it.
  Optional<Queue> queue(int number, long position) {
    Queue queue = get(number);
    return queue == null || position < queue.countsFrom() ? Optional.empty() : Optional.of(queue);
  }

  /// The session whose private queue it is.
  @Nullable Session session(int number) {
    return number < owners.length && owners[number] instanceof Session session ? session : null;
  }

  /// The shared subscription whose queue it is.
  @Nullable SharedSubscription shared(int number) {
    return number < owners.length && owners[number] instanceof SharedSubscription shared
        ? shared
        : null;
  }

  private record Freed(int number, long position) {}
}
