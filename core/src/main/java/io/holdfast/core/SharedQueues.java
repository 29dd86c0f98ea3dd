package io.holdfast.core;

import io.holdfast.core.queue.DropCounters;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.Queue.State;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.SharedAssigned;
import io.holdfast.core.record.LogRecord.SharedReturned;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.routing.Router;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.topic.SharedFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The shared subscriptions' part of durable state (MQTT 5.0 section 4.8.2).
///
/// A message is an entry of the shared queue until it is done, and meanwhile also one of a member's
/// queue, if it is assigned. No change of the one follows from a change of the other: a record
/// names every queue that it changes. For in recovery a member's part of the snapshot may be
/// younger than the shared queue's, and what lies between counts for the one and not for the other.
final class SharedQueues {
  private final Map<String, SharedSubscription> byFilter = new LinkedHashMap<>();
  private final Map<Session, Set<SharedSubscription>> joined = new HashMap<>();
  private final Router router;
  private final QueueNumbers numbers;
  private final Entries entries;
  private final DurableState.Listener listener;

  SharedQueues(
      Router router, QueueNumbers numbers, Entries entries, DurableState.Listener listener) {
    this.router = router;
    this.numbers = numbers;
    this.entries = entries;
    this.listener = listener;
  }

  Collection<SharedSubscription> all() {
    return byFilter.values();
  }

  @Nullable SharedSubscription get(String filter) {
    return byFilter.get(filter);
  }

  /// Makes a shared subscription, of which the members among `sessions` may be known already.
  void open(String text, Queue queue, Collection<Session> sessions) {
    if (byFilter.containsKey(text)) {
      return;
    }
    SharedFilter filter =
        SharedFilter.parse(text)
            .orElseThrow(
                () -> new IllegalStateException("broken invariant: filters in records are valid"));
    SharedSubscription shared = new SharedSubscription(text, filter, queue);
    byFilter.put(text, shared);
    numbers.put(shared);
    router.put(filter.filter(), shared, shared.asSubscription());
    for (Session session : sessions) {
      session.subscription(text).ifPresent(membership -> join(session, shared, membership));
    }
  }

  void join(Session session, Subscription membership) {
    SharedSubscription shared = byFilter.get(membership.filter());
    if (shared != null) {
      join(session, shared, membership);
      listener.enqueued(shared.queue());
    }
  }

  private void join(Session session, SharedSubscription shared, Subscription membership) {
    shared.members().put(session, membership);
    joined.computeIfAbsent(session, unused -> new LinkedHashSet<>()).add(shared);
  }

  void leave(Session session, String filter) {
    SharedSubscription shared = byFilter.get(filter);
    if (shared != null && shared.members().containsKey(session)) {
      shared.members().remove(session);
      forget(session, shared);
    }
  }

  private void forget(Session session, SharedSubscription shared) {
    Set<SharedSubscription> of = joined.getOrDefault(session, Set.of());
    if (of.size() <= 1) {
      joined.remove(session);
    } else {
      of.remove(shared);
    }
  }

  /// The shared subscriptions that a session is a member of.
  Collection<SharedSubscription> joinedBy(Session session) {
    return joined.getOrDefault(session, Set.of());
  }

  void end(SharedSubscription shared, long position) {
    Queue queue = shared.queue();
    entries.abandon(queue, position);
    shared.members().keySet().forEach(member -> forget(member, shared));
    byFilter.remove(shared.text());
    router.remove(shared.filter().filter(), shared);
    numbers.free(queue, position);
  }

  // From the shared queue to a member's and back

  /// The shared queue's part of a snapshot is its very beginning, so that it stands as it stood
  /// when the record was made.
  void applyAssigned(long position, SharedAssigned record) {
    Invariant.check(record.sequences().length > 0, "something is assigned");
    Queue from = numbers.get(record.sharedQueue());
    if (from != null && position >= from.countsFrom()) {
      for (long sequence : record.sequences()) {
        if (from.holds(sequence)) {
          from.become(sequence, State.ASSIGNED);
        }
      }
      assignedUntilLast(record);
      Queue to = numbers.get(record.queue());
      if (to != null && position >= to.countsFrom()) {
        enqueue(from, to, position, record);
      }
    }
  }

  /// For a transient member. What is not at QoS 2 is in no record: after a crash it is waiting.
  void lend(Queue to, long position, SharedAssigned assignment) {
    Queue from = numbers.get(assignment.sharedQueue());
    if (from == null) {
      return;
    }
    for (long sequence : assignment.sequences()) {
      if (from.state(sequence) == State.WAITING) {
        from.lend(sequence);
      }
    }
    assignedUntilLast(assignment);
    enqueue(from, to, position, assignment);
  }

  private void assignedUntilLast(SharedAssigned assignment) {
    SharedSubscription shared = numbers.shared(assignment.sharedQueue());
    if (shared != null) {
      shared.assignedUntil(assignment.sequences()[assignment.sequences().length - 1] + 1);
    }
  }

  private void enqueue(Queue from, Queue to, long position, SharedAssigned assignment) {
    for (long sequence : assignment.sequences()) {
      to.enqueueAssigned(
          from.position(sequence),
          QoS.lower(from.qos(sequence), assignment.maximumQoS()),
          from.isRetained(sequence) && assignment.retainAsPublished(),
          assignment,
          sequence,
          position);
      entries.wanted(to, from.position(sequence));
    }
    listener.enqueued(to);
  }

  void applyReturned(long position, SharedReturned record) {
    Queue by = numbers.get(record.queue());
    if (by != null && position >= by.countsFrom()) {
      for (long sequence : record.sequences()) {
        entries.drop(by, sequence, DropCounters.RETURNED);
      }
    }
    Queue to = numbers.get(record.sharedQueue());
    if (to != null && position >= to.countsFrom()) {
      for (long sequence : record.sharedSequences()) {
        takeBack(to, sequence);
      }
    }
  }

  private void takeBack(Queue queue, long sequence) {
    SharedSubscription shared = numbers.shared(queue.number());
    if (shared != null && queue.holds(sequence)) {
      queue.become(sequence, State.WAITING);
      shared.returned(sequence);
      listener.enqueued(queue);
    }
  }

  /// What `session` holds of shared subscriptions and may go to another member: the messages at QoS
  /// 1, and those never sent. One record for each shared queue.
  List<SharedReturned> returnable(Session session) {
    Queue queue = session.queue();
    Map<Integer, Sequences> own = new TreeMap<>();
    Map<Integer, Sequences> theirs = new TreeMap<>();
    for (Detail detail : queue.details()) {
      if (origin(detail) == null || !isMovable(queue, detail.sequence())) {
        continue;
      }
      int number = detail.sharedQueue();
      own.computeIfAbsent(number, unused -> new Sequences()).add(detail.sequence());
      theirs.computeIfAbsent(number, unused -> new Sequences()).add(detail.sharedSequence());
    }
    List<SharedReturned> records = new ArrayList<>(own.size());
    own.forEach((number, sequences) -> {
      Sequences shared = theirs.getOrDefault(number, new Sequences());
      records.add(
          new SharedReturned(
              queue.number(), sequences.takeAscending(), number, shared.takeAscending()));
    });
    return records;
  }

  private static boolean isMovable(Queue queue, long sequence) {
    return queue.holds(sequence)
        && queue.state(sequence) == State.WAITING
        && !queue.isAnswered(sequence)
        && (queue.qos(sequence) == QoS.AT_LEAST_ONCE || sequence >= queue.sentUntil());
  }

  /// The shared queue that an entry came from, if that still is the one which has the number.
  @Nullable Queue origin(Detail detail) {
    SharedSubscription from = numbers.shared(detail.sharedQueue());
    return from == null || from.queue().bornAt() > detail.knownSince() ? null : from.queue();
  }

  /// Everybody is away: what may move waits for whoever comes first. With the transient sessions
  /// are gone the QoS 2 messages that they were sent, and the subscriptions that were only theirs.
  void applyRestarted(long position, Collection<Session> sessions) {
    for (Session session : sessions) {
      for (SharedReturned returned : returnable(session)) {
        applyReturned(position, returned);
      }
    }
    Map<Queue, Set<Long>> held = heldBy(sessions);
    for (SharedSubscription shared : List.copyOf(byFilter.values())) {
      if (shared.hasDurableMember()) {
        dropUnheld(shared.queue(), held.getOrDefault(shared.queue(), Set.of()));
        shared.assignAnew();
      } else {
        end(shared, position);
      }
    }
  }

  private Map<Queue, Set<Long>> heldBy(Collection<Session> sessions) {
    Map<Queue, Set<Long>> held = new HashMap<>();
    for (Session session : sessions) {
      Queue queue = session.queue();
      for (Detail detail : queue.details()) {
        Queue from = origin(detail);
        if (from != null
            && queue.holds(detail.sequence())
            && queue.state(detail.sequence()) != State.DONE) {
          held.computeIfAbsent(from, unused -> new HashSet<>()).add(detail.sharedSequence());
        }
      }
    }
    return held;
  }

  private void dropUnheld(Queue queue, Set<Long> held) {
    for (long sequence = queue.head(); sequence < queue.windowEnd(); sequence++) {
      if (queue.holds(sequence)
          && queue.state(sequence) == State.ASSIGNED
          && !held.contains(sequence)) {
        entries.drop(queue, sequence, DropCounters.SESSION_ENDED);
      }
    }
  }
}
