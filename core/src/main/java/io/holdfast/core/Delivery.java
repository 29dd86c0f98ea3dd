package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.ClientConnection.Outbound;
import io.holdfast.core.queue.ByNumber;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.Queue.State;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.DropReason;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.SentMark;
import io.holdfast.core.record.StoredMessage;
import io.holdfast.core.session.Session;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings messages from queues to consumers, pulled: a queue is looked at when its consumer can
/// take something and something deliverable is there, a bounded number of messages a turn.
///
/// A durable queue is deliverable up to the durable position, a transient one at once.
final class Delivery {
  private static final int PER_VISIT_MAX = 64;

  private final Journal journal;
  private final Effects effects;
  private final Sending sending;
  private final Acknowledgements acknowledgements;
  private final Loading loading;
  private final Counters counters;
  private final Limits limits;
  private final RecordView view = new RecordView();
  private final StoredMessage message = new StoredMessage();
  private final ArrayDeque<Client> ready = new ArrayDeque<>();
  private List<Client> awaitDurable = new ArrayList<>();
  private List<Client> awaitBlocks = new ArrayList<>();
  private final ByNumber<Client> consumers = new ByNumber<>();
  private long newestClient;

  Delivery(
      Journal journal,
      Effects effects,
      Sending sending,
      Acknowledgements acknowledgements,
      Loading loading,
      Counters counters,
      Limits limits) {
    this.journal = journal;
    this.effects = effects;
    this.sending = sending;
    this.acknowledgements = acknowledgements;
    this.loading = loading;
    this.counters = counters;
    this.limits = limits;
  }

  // Who consumes

  void attach(Client client) {
    client.number = ++newestClient;
    consumers.put(client.session().queueNumber(), client);
    refresh(client);
  }

  void detach(Client client) {
    acknowledgements.record(client);
    consumers.remove(client.session().queueNumber(), client);
  }

  /// The number of the client that came last.
  long newestClient() {
    return newestClient;
  }

  @Nullable Client consumerOf(Queue queue) {
    return consumers.get(queue.number());
  }

  /// Its CONNACK is out. PUBRELs of earlier connections go before everything else: that their
  /// PUBRECs came is as durable as what the CONNACK waited for.
  void opened(Client client) {
    Queue queue = client.session().queue();
    for (long sequence = queue.head();
        sequence < Math.min(queue.sentUntil(), queue.windowEnd());
        sequence++) {
      if (queue.state(sequence) == State.RECEIVED) {
        client.outbound.inFlight++;
        effects.send(client.connection().id(), new PubRel(Queue.packetIdOf(sequence)));
      }
    }
    ready(client);
    wake(queue);
  }

  // When to look

  void wake(Queue queue) {
    Client client = consumerOf(queue);
    if (client == null) {
      return;
    }
    if (queue.isDurable()) {
      awaitDurable(client);
    } else {
      ready(client);
    }
  }

  void ready(Client client) {
    if (consumerOf(client.session().queue()) != client) {
      return;
    }
    if (!client.outbound.ready && client.opened) {
      client.outbound.ready = true;
      ready.addLast(client);
    }
    refresh(client);
  }

  private void awaitDurable(Client client) {
    if (!client.outbound.awaitsDurable) {
      client.outbound.awaitsDurable = true;
      awaitDurable.add(client);
    }
  }

  void durable() {
    List<Client> woken = awaitDurable;
    awaitDurable = new ArrayList<>();
    for (Client client : woken) {
      client.outbound.awaitsDurable = false;
      ready(client);
    }
  }

  void readable() {
    List<Client> woken = awaitBlocks;
    awaitBlocks = new ArrayList<>();
    for (Client client : woken) {
      client.outbound.awaitsBlocks = false;
      ready(client);
    }
  }

  /// Settles whether a message that comes now for a transient session can go straight on.
  void refresh(Client client) {
    client
        .session()
        .queue()
        .behind(
            !client.opened
                || client.outbound.inFlight >= client.sendMaximum()
                || !effects.isWritable(client.connection().id()));
  }

  // Sending

  boolean isAnyReady() {
    return !ready.isEmpty();
  }

  /// Serves what is ready, up to the turn's bound. True where something is left.
  ///
  /// @param handedOn how many messages went out in this turn without being queued
  /// @param served told of each session that may take more than before
  boolean serve(int handedOn, Consumer<Session> served) {
    int budget = Math.max(1, limits.deliveriesPerTurnMax() - handedOn);
    while (budget > 0 && !ready.isEmpty()) {
      Client client = ready.removeFirst();
      client.outbound.ready = false;
      if (consumerOf(client.session().queue()) != client) {
        continue;
      }
      int visit = Math.min(budget, PER_VISIT_MAX);
      int sent = 0;
      while (sent < visit && step(client)) {
        sent++;
      }
      budget -= Math.max(1, sent);
      if (sent == visit) {
        ready(client);
      }
      refresh(client);
      served.accept(client.session());
    }
    return !ready.isEmpty();
  }

  /// One step forward in a queue: a message sent, passed over or dropped. False where there is
  /// nothing to do until something happens that wakes the client again.
  private boolean step(Client client) {
    Queue queue = client.session().queue();
    Outbound outbound = client.outbound;
    if (client.connection().isClosing() || !effects.isWritable(client.connection().id())) {
      return false;
    }
    long sequence = Math.max(outbound.next, queue.head());
    outbound.next = sequence;
    loading.reached(queue, sequence);
    if (sequence >= queue.windowEnd()) {
      return false;
    }
    if (queue.state(sequence) != State.WAITING || queue.isAnswered(sequence)) {
      outbound.next = sequence + 1;
      return true;
    }
    QoS qos = queue.qos(sequence);
    if (qos != QoS.AT_MOST_ONCE && outbound.inFlight >= client.sendMaximum()) {
      return false;
    }
    if (!queue.isDurable() && !isInSpan(client, queue, sequence)) {
      return false;
    }
    if (queue.isDurable() && !mayBeSent(client, queue, sequence)) {
      awaitDurable(client);
      return false;
    }
    boolean isNext = !queue.isDurable() || isSafe(client, sequence, queue.passedOverAt());
    long position = queue.position(sequence);
    if (!journal.log().read(position, view)) {
      if (!outbound.awaitsBlocks) {
        outbound.awaitsBlocks = true;
        awaitBlocks.add(client);
      }
      return false;
    }
    message.read(view);
    return deliver(client, sequence, isNext);
  }

  /// Whether a transient queue's entry has a packet identifier of its own. What was acknowledged
  /// last may not have left the queue yet.
  private boolean isInSpan(Client client, Queue queue, long sequence) {
    if (sequence - queue.head() >= Queue.SPAN_MAX) {
      acknowledgements.record(client);
    }
    return sequence - queue.head() < Queue.SPAN_MAX;
  }

  /// A durable queue's entry may be seen once the record that made it is durable, and so is a mark
  /// that says it may have been seen, and no packet identifier in the window stands twice.
  private boolean mayBeSent(Client client, Queue queue, long sequence) {
    long durable = journal.log().durable();
    Outbound outbound = client.outbound;
    if (!isSafe(client, sequence, queue.knownSince(sequence))) {
      return false;
    }
    if (sequence + DurableState.SENT_MARK_STEP / 2 >= queue.sentMark()
        && outbound.markLogged < sequence + DurableState.SENT_MARK_STEP) {
      outbound.markLogged = sequence + DurableState.SENT_MARK_STEP * 2;
      outbound.markSafeBefore = Math.max(outbound.markSafeBefore, queue.sentMark());
      outbound.markPosition = journal.commit(new SentMark(queue.number(), outbound.markLogged));
    }
    if (outbound.markPosition >= durable && sequence >= outbound.markSafeBefore) {
      return false;
    }
    if (sequence - outbound.spanFrom >= Queue.SPAN_MAX) {
      moveSpan(client, queue, durable);
      return sequence - outbound.spanFrom < Queue.SPAN_MAX;
    }
    return true;
  }

  /// Whether the record at `position` is durable, which the entry depends on. An entry that has to
  /// wait for that is claimed: it makes no room any more, and records that come meanwhile and take
  /// others away do not concern it. So the newest do not keep the next from being sent for ever.
  private boolean isSafe(Client client, long sequence, long position) {
    Outbound outbound = client.outbound;
    long durable = journal.log().durable();
    if (position < durable) {
      return true;
    }
    if (sequence < outbound.claimedUntil) {
      return outbound.claimedAt <= durable;
    }
    int free = Math.clamp(client.sendMaximum() - outbound.inFlight, 1, PER_VISIT_MAX);
    outbound.claimedUntil = Math.min(sequence + free, client.session().queue().windowEnd());
    outbound.claimedAt = journal.log().end();
    return false;
  }

  /// Entries of the queue before this sequence were sent, or are about to be.
  long claimedUntil(Queue queue) {
    Client client = consumerOf(queue);
    return Math.max(queue.sentUntil(), client == null ? 0 : client.outbound.claimedUntil);
  }

  /// The window is counted from the oldest entry whose removal is not yet durable.
  private void moveSpan(Client client, Queue queue, long durable) {
    Outbound outbound = client.outbound;
    if (outbound.spanDurableAt <= durable) {
      outbound.spanFrom = outbound.spanFromNext;
      acknowledgements.record(client);
      outbound.spanFromNext = queue.head();
      outbound.spanDurableAt = journal.log().end();
    }
  }

  /// False where that has to wait until more is durable, since what went before it may come back.
  private boolean deliver(Client client, long sequence, boolean isNext) {
    Queue queue = client.session().queue();
    Outbound outbound = client.outbound;
    QoS qos = QoS.lower(queue.qos(sequence), message.qos());
    int packetId = qos == QoS.AT_MOST_ONCE ? 0 : Queue.packetIdOf(sequence);
    boolean resent = packetId != 0 && sequence < queue.sentUntil();
    if (!resent && message.expiresAtMillis() <= journal.nowMillis()) {
      acknowledgements.drop(client.session(), sequence, DropReason.EXPIRED);
      outbound.claimedUntil = 0;
      return true;
    }
    if (!isNext) {
      awaitDurable(client);
      return false;
    }
    boolean sent =
        sending.send(
            client,
            resent,
            qos,
            queue.isRetained(sequence),
            packetId,
            message.expiresAtMillis(),
            identifiers(queue, sequence),
            message.topic(),
            message.passedOn(),
            message.payload());
    if (!sent) {
      acknowledgements.drop(client.session(), sequence, DropReason.TOO_LARGE);
      return true;
    }
    outbound.next = sequence + 1;
    queue.sent(sequence);
    if (qos == QoS.AT_MOST_ONCE) {
      acknowledgements.done(client, queue, sequence);
    } else {
      outbound.inFlight++;
    }
    return true;
  }

  private SubscriptionIdentifiers identifiers(Queue queue, long sequence) {
    Optional<Detail> detail = queue.detail(sequence);
    if (detail.isPresent()) {
      int identifier = detail.get().identifier();
      return identifier == 0
          ? SubscriptionIdentifiers.NONE
          : SubscriptionIdentifiers.of(identifier);
    }
    if (!queue.isDurable()) {
      return queue.identifiers(sequence);
    }
    return message.targetSet() == 0
        ? message.identifiers()
        : journal.state().router().numbered(message.targetSet()).identifiersOf(queue.number());
  }

  /// Whether something can be sent to it now.
  boolean takesMore(Client client) {
    return sending.takesMore(client);
  }

  /// Hands a message to an online session at once, without the log: at QoS 0, or to a transient
  /// session that is not behind.
  void direct(Session session, Option option, Published published) {
    Client client = consumerOf(session.queue());
    if (client == null || client.connection().isClosing()) {
      return;
    }
    if (published.atMillis() < journal.nowMillis()
        && published.expiresAtMillis() <= journal.nowMillis()) {
      counters.dropped(session.clientId(), Event.Reason.EXPIRED, 1);
      return;
    }
    QoS qos = QoS.lower(option.granted(), published.qos());
    Queue queue = session.queue();
    if (qos == QoS.AT_MOST_ONCE && !sending.takesMore(client)) {
      counters.dropped(session.clientId(), Event.Reason.SLOW_RECEIVER, 1);
      return;
    }
    boolean retain = published.retain() && option.retainAsPublished();
    long sequence = queue.tail();
    int packetId = qos == QoS.AT_MOST_ONCE ? 0 : Queue.packetIdOf(sequence);
    boolean sent =
        sending.send(
            client,
            false,
            qos,
            retain,
            packetId,
            published.expiresAtMillis(),
            option.identifiers(),
            published.topic(),
            published.passedOn(),
            published.payload());
    if (!sent) {
      counters.dropped(session.clientId(), Event.Reason.TOO_LARGE, 1);
      return;
    }
    if (qos != QoS.AT_MOST_ONCE) {
      queue.enqueue(0, qos, retain);
      queue.sent(sequence);
      client.outbound.next = sequence + 1;
      client.outbound.inFlight++;
      refresh(client);
    }
  }
}
