package io.holdfast.core;

import io.holdfast.core.queue.Arrivals;
import io.holdfast.core.queue.ByNumber;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.routing.Subscriber;
import io.holdfast.core.session.Session;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Queues by number, with their owners. A number is given again only after the end of its last
/// owner is durable.
final class QueueNumbers {
  private final ByNumber<Queue> queues = new ByNumber<>();
  private final ByNumber<Subscriber> owners = new ByNumber<>();
  private final Arrivals arrivals = new Arrivals();
  private final ArrayDeque<Freed> freed = new ArrayDeque<>();
  private int next = 1;

  /// A number that nobody has and no record after `durable` may speak of as somebody else's.
  int take(long durable) {
    while (!freed.isEmpty() && freed.getFirst().position() < durable) {
      int number = freed.removeFirst().number();
      // Recovery may have given it to its next owner already.
      if (get(number) == null) {
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
    Invariant.check(number > 0 && number < Integer.MAX_VALUE, "a queue has a number");
    queues.put(number, queue);
    owners.put(number, owner);
    next = Math.max(next, number + 1);
  }

  /// The queue's last record lies at `position`.
  void free(Queue queue, long position) {
    int number = queue.number();
    Subscriber owner = owners.get(number);
    if (queues.remove(number, queue) && owner != null) {
      owners.remove(number, owner);
      arrivals.clear(number);
      freed.addLast(new Freed(number, position));
    }
  }

  /// What its queues keep of themselves in arrays.
  Arrivals arrivals() {
    return arrivals;
  }

  @Nullable Queue get(int number) {
    return queues.get(number);
  }

  /// The queue of that number, if a record at `position` counts for it.
  Optional<Queue> queue(int number, long position) {
    Queue queue = get(number);
    return queue == null || position < queue.countsFrom() ? Optional.empty() : Optional.of(queue);
  }

  /// The session whose private queue it is.
  @Nullable Session session(int number) {
    return owners.get(number) instanceof Session session ? session : null;
  }

  /// The shared subscription whose queue it is.
  @Nullable SharedSubscription shared(int number) {
    return owners.get(number) instanceof SharedSubscription shared ? shared : null;
  }

  private record Freed(int number, long position) {}
}
