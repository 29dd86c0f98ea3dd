package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.Queue.State;

/// Takes the oldest messages out of queues that hold more than they may, where the operator wants
/// that of full queues.
///
/// What was sent stays, and what may have been before a restart: its consumer may know it by its
/// packet identifier, and acknowledge it. In the window each is dropped, behind it `Loading` has
/// the index find them.
final class Displacing {
  private static final int QUEUES_PER_TURN_MAX = 64;

  private final Journal journal;
  private final FullQueues full;
  private final Loading loading;
  private final Delivery delivery;
  private final Acknowledgements acknowledgements;

  Displacing(
      Journal journal,
      FullQueues full,
      Loading loading,
      Delivery delivery,
      Acknowledgements acknowledgements) {
    this.journal = journal;
    this.full = full;
    this.loading = loading;
    this.delivery = delivery;
    this.acknowledgements = acknowledgements;
  }

  /// Looks at some of the queues that are over their limit. True where there are more.
  boolean goOn() {
    for (int i = 0; i < QUEUES_PER_TURN_MAX; i++) {
      Queue queue = full.takeOver();
      if (queue == null) {
        return false;
      }
      displace(queue);
    }
    return full.hasOver();
  }

  @SuppressWarnings("ReferenceEquality") // This very queue is meant.
  private void displace(Queue queue) {
    if (journal.state().numbers().get(queue.number()) != queue) {
      return;
    }
    long excess = full.excess(queue);
    Sequences oldest = oldest(queue, excess);
    int count = oldest.count();
    if (count > 0) {
      acknowledgements.displace(queue, oldest.takeInOrder());
      full.displaced(queue, count);
    }
    if (excess - count > full.slack() && queue.hasBacklog()) {
      loading.displace(queue);
    }
  }

  private Sequences oldest(Queue queue, long max) {
    Sequences oldest = new Sequences();
    for (long sequence = Math.max(delivery.claimedUntil(queue), queue.head());
        sequence < queue.windowEnd() && oldest.count() < max;
        sequence++) {
      if (queue.state(sequence) == State.WAITING) {
        oldest.add(sequence);
      }
    }
    return oldest;
  }
}
