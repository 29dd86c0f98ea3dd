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
  private static final int PAGE_BITS = 10;
  private static final int PAGE = 1 << PAGE_BITS;

  /// Pages of numbers. Numbers are small, but a page is made only where there is a queue, so that
  /// no number that a record holds takes memory for all the numbers below it.
  private @Nullable Page[] pages = new @Nullable Page[1];

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
    Page page = pageFor(number);
    page.queues[number & PAGE - 1] = queue;
    page.owners[number & PAGE - 1] = owner;
    next = Math.max(next, number + 1);
  }

  private Page pageFor(int number) {
    int index = number >>> PAGE_BITS;
    if (index >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
    }
    Page page = pages[index];
    if (page == null) {
      page = new Page();
      pages[index] = page;
    }
    return page;
  }

  /// The queue's last record lies at `position`.
  void free(Queue queue, long position) {
    int number = queue.number();
    Page page = page(number);
    if (page != null && page.queues[number & PAGE - 1] == queue) {
      page.queues[number & PAGE - 1] = null;
      page.owners[number & PAGE - 1] = null;
      freed.addLast(new Freed(number, position));
    }
  }

  private @Nullable Page page(int number) {
    int index = number >>> PAGE_BITS;
    return index < pages.length ? pages[index] : null;
  }

  @Nullable Queue get(int number) {
    Page page = page(number);
    return page == null ? null : page.queues[number & PAGE - 1];
  }

  private @Nullable Subscriber owner(int number) {
    Page page = page(number);
    return page == null ? null : page.owners[number & PAGE - 1];
  }

  /// The queue of that number, if a record at `position` counts for it.
  Optional<Queue> queue(int number, long position) {
    Queue queue = get(number);
    return queue == null || position < queue.countsFrom() ? Optional.empty() : Optional.of(queue);
  }

  /// The session whose private queue it is.
  @Nullable Session session(int number) {
    return owner(number) instanceof Session session ? session : null;
  }

  /// The shared subscription whose queue it is.
  @Nullable SharedSubscription shared(int number) {
    return owner(number) instanceof SharedSubscription shared ? shared : null;
  }

  private static final class Page {
    final @Nullable Queue[] queues = new @Nullable Queue[PAGE];
    final @Nullable Subscriber[] owners = new @Nullable Subscriber[PAGE];
  }

  private record Freed(int number, long position) {}
}
