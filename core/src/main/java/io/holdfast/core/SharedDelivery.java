package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.Queue.State;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.SharedAssigned;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Hands the messages of shared subscriptions to their members, in turn, as far as each can take
/// more.
///
/// A message goes into the member's own queue and has its packet identifier there; its place in the
/// shared queue is kept until the member is done with it, and is waiting again if the member gives
/// it back.
final class SharedDelivery {
  private final Journal journal;
  private final Delivery delivery;
  private final Loading loading;
  private final Set<SharedSubscription> awake = new LinkedHashSet<>();

  SharedDelivery(Journal journal, Delivery delivery, Loading loading) {
    this.journal = journal;
    this.delivery = delivery;
    this.loading = loading;
  }

  static Option optionOf(Subscription subscription) {
    return new Option(
        subscription.maximumQoS(),
        subscription.retainAsPublished(),
        subscription.identifier() == 0
            ? SubscriptionIdentifiers.NONE
            : SubscriptionIdentifiers.of(subscription.identifier()));
  }

  /// Something waits in it, or a member may take more: it is looked at in this turn.
  void wake(SharedSubscription shared) {
    if (shared.hasUnassigned()) {
      awake.add(shared);
    }
  }

  /// The same for all that `member` belongs to.
  void wakeAllOf(Session member) {
    journal.state().shared().joinedBy(member).forEach(this::wake);
  }

  /// Assigns what waits, where something has changed. What finds no room waits until somebody is
  /// served.
  void assign() {
    List<SharedSubscription> changed = List.copyOf(awake);
    awake.clear();
    changed.forEach(this::assign);
  }

  /// Whether there is something to look at again.
  boolean isAwake() {
    return !awake.isEmpty();
  }

  private void assign(SharedSubscription shared) {
    Map<Session, Sequences> shares = new LinkedHashMap<>();
    Map<Session, Integer> room = new LinkedHashMap<>();
    for (Session member : shared.members().keySet()) {
      int free = roomOf(member);
      if (free > 0) {
        room.put(member, free);
      }
    }
    Queue queue = shared.queue();
    long sequence = shared.nextToAssign();
    while (sequence < queue.windowEnd() && !room.isEmpty()) {
      if (queue.state(sequence) == State.WAITING) {
        Session member = room.keySet().iterator().next();
        int left = room.getOrDefault(member, 0) - 1;
        room.remove(member);
        if (left > 0) {
          room.put(member, left);
        }
        shared.tookItsTurn(member);
        shares.computeIfAbsent(member, unused -> new Sequences()).add(sequence);
      }
      sequence++;
    }
    if (!room.isEmpty()) {
      loading.reached(queue, sequence);
    }
    shares.forEach((member, sequences) -> commit(shared, member, sequences.takeAscending()));
  }

  private int roomOf(Session member) {
    Client client = delivery.consumerOf(member.queue());
    if (client == null
        || !client.opened
        || client.connection().isClosing()
        || member.queue().hasCursor()
        || member.queue().hasBacklog()) {
      return 0;
    }
    long waiting = member.queue().tail() - Math.max(client.outbound.next, member.queue().head());
    return (int) Math.max(0, client.sendMaximum() - client.outbound.inFlight - waiting);
  }

  private void commit(SharedSubscription shared, Session member, long[] sequences) {
    Subscription subscription = shared.members().get(member);
    Invariant.check(subscription != null, "only members of a shared subscription get its messages");
    if (subscription == null) {
      return;
    }
    Queue from = shared.queue();
    if (member.isDurable()) {
      journal.commit(assignment(from, member.queueNumber(), subscription, sequences));
      return;
    }
    long[] exactlyOnce =
        Arrays.stream(sequences)
            .filter(sequence ->
                QoS.lower(from.qos(sequence), subscription.maximumQoS()) == QoS.EXACTLY_ONCE)
            .toArray();
    if (exactlyOnce.length > 0) {
      journal.commit(assignment(from, 0, subscription, exactlyOnce));
    }
    journal
        .state()
        .shared()
        .lend(
            member.queue(),
            journal.log().end(),
            assignment(from, member.queueNumber(), subscription, sequences));
  }

  private static SharedAssigned assignment(
      Queue from, int to, Subscription subscription, long[] sequences) {
    return new SharedAssigned(
        from.number(),
        to,
        subscription.maximumQoS(),
        subscription.retainAsPublished(),
        subscription.identifier(),
        sequences);
  }
}
