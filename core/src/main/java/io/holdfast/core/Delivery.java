package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.ClientConnection.Outbound;
import io.holdfast.core.queue.DropCounters;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.Queue.State;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Acknowledged;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.DropReason;
import io.holdfast.core.record.LogRecord.Dropped;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.SentMark;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.core.session.Session;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings messages from queues to consumers, pulled: a queue is looked at when its consumer can
/// take something and something deliverable is there, a bounded number of messages a turn.
///
/// A durable queue is deliverable up to the durable position. What a consumer answers is known at
/// once and recorded with the next batch, within `ACKNOWLEDGE_MILLIS` in any case.
final class Delivery {
  /// A crash makes the broker forget acknowledgements younger than this.
  static final long ACKNOWLEDGE_MILLIS = 250;

  private static final int PER_VISIT_MAX = 64;

  private final Journal journal;
  private final Effects effects;
  private final Answers answers;
  private final Counters counters;
  private final Limits limits;
  private final RecordView view = new RecordView();
  private final ArrayDeque<Client> ready = new ArrayDeque<>();
  private List<Client> awaitDurable = new ArrayList<>();
  private List<Client> awaitBlocks = new ArrayList<>();
  private final List<Client> dirty = new ArrayList<>();
  private final Map<Integer, Sequences> sharedDone = new LinkedHashMap<>();
  private @Nullable Client[] consumers = new @Nullable Client[64];
  private long dirtySinceMillis = LogRecord.NEVER;
  private boolean answerWaits;

  Delivery(Journal journal, Effects effects, Answers answers, Counters counters, Limits limits) {
    this.journal = journal;
    this.effects = effects;
    this.answers = answers;
    this.counters = counters;
    this.limits = limits;
  }

  // Who consumes

  void attach(Client client) {
    int number = client.session().queueNumber();
    if (number >= consumers.length) {
      consumers = Arrays.copyOf(consumers, Math.max(number + 1, consumers.length * 2));
    }
    consumers[number] = client;
    refresh(client);
  }

  void detach(Client client) {
    record(client);
    int number = client.session().queueNumber();
    if (number < consumers.length && consumers[number] == client) {
      consumers[number] = null;
    }
  }

  @Nullable Client consumerOf(Queue queue) {
    return queue.number() < consumers.length ? consumers[queue.number()] : null;
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

  /// Whether a message that comes now for a transient session can go straight on.
  private void refresh(Client client) {
    client
        .session()
        .queue()
        .behind(
            !client.opened
                || client.outbound.inFlight >= client.sendMaximum()
                || !effects.isWritable(client.connection().id()));
  }

  // Sending

  /// Serves what is ready, up to the turn's bound. True where something is left.
  boolean serve() {
    int budget = limits.deliveriesPerTurnMax();
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
    if (outbound.resuming) {
      resume(client);
    }
    long sequence = Math.max(outbound.next, queue.head());
    outbound.next = sequence;
    if (sequence >= queue.tail()) {
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
    if (queue.isDurable() && !mayBeSent(client, queue, sequence)) {
      awaitDurable(client);
      return false;
    }
    long position = queue.position(sequence);
    if (!journal.log().read(position, view)) {
      if (!outbound.awaitsBlocks) {
        outbound.awaitsBlocks = true;
        awaitBlocks.add(client);
      }
      return false;
    }
    if (!(RecordCodec.decode(view) instanceof Published message)) {
      throw new IllegalStateException("broken invariant: an entry's position is that of a message");
    }
    deliver(client, sequence, message);
    return true;
  }

  /// A durable queue's entry may be seen once the record that made it is durable, and so is a mark
  /// that says it may have been seen, and no packet identifier in the window stands twice.
  private boolean mayBeSent(Client client, Queue queue, long sequence) {
    long durable = journal.log().durable();
    Outbound outbound = client.outbound;
    if (queue.knownSince(sequence) >= durable) {
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

  /// The window is counted from the oldest entry whose removal is not yet durable.
  private void moveSpan(Client client, Queue queue, long durable) {
    Outbound outbound = client.outbound;
    if (outbound.spanDurableAt <= durable) {
      outbound.spanFrom = outbound.spanFromNext;
      record(client);
      outbound.spanFromNext = queue.head();
      outbound.spanDurableAt = journal.log().end();
    }
  }

  /// PUBRELs go first on a resumed session.
  private void resume(Client client) {
    client.outbound.resuming = false;
    Queue queue = client.session().queue();
    for (long sequence = queue.head();
        sequence < Math.min(queue.sentUntil(), queue.tail());
        sequence++) {
      if (queue.state(sequence) == State.RECEIVED) {
        client.outbound.inFlight++;
        answers.whenDurable(client.connection(), new PubRel(Queue.packetIdOf(sequence)));
      }
    }
  }

  private void deliver(Client client, long sequence, Published message) {
    Queue queue = client.session().queue();
    Outbound outbound = client.outbound;
    boolean resent = sequence < queue.sentUntil();
    if (!resent && message.expiresAtMillis() <= journal.nowMillis()) {
      drop(client.session(), sequence, DropReason.EXPIRED);
      return;
    }
    QoS qos = QoS.lower(queue.qos(sequence), message.qos());
    int packetId = qos == QoS.AT_MOST_ONCE ? 0 : Queue.packetIdOf(sequence);
    Publish publish =
        publish(
            client,
            message,
            resent && packetId != 0,
            qos,
            queue.isRetained(sequence),
            packetId,
            identifiers(queue, sequence, message));
    if (!fits(client, publish)) {
      drop(client.session(), sequence, DropReason.TOO_LARGE);
      return;
    }
    send(client, publish);
    outbound.next = sequence + 1;
    queue.sent(sequence);
    if (qos == QoS.AT_MOST_ONCE) {
      queue.answered(sequence);
      outbound.done.add(sequence);
      touched(client);
    } else {
      outbound.inFlight++;
    }
  }

  private SubscriptionIdentifiers identifiers(Queue queue, long sequence, Published message) {
    Optional<Detail> detail = queue.detail(sequence);
    if (detail.isPresent()) {
      int identifier = detail.get().identifier();
      return identifier == 0
          ? SubscriptionIdentifiers.NONE
          : SubscriptionIdentifiers.of(identifier);
    }
    return switch (message.targets()) {
      case Targets.None none -> SubscriptionIdentifiers.NONE;
      case Targets.One one -> one.option().identifiers();
      case Targets.Set set ->
          journal.state().router().numbered(set.number()).identifiersOf(queue.number());
    };
  }

  /// Hands a message to an online session at once, without the log: at QoS 0, or to a transient
  /// session that is not behind.
  void direct(Session session, Option option, Published message) {
    Client client = consumerOf(session.queue());
    if (client == null || client.connection().isClosing()) {
      return;
    }
    QoS qos = QoS.lower(option.granted(), message.qos());
    Queue queue = session.queue();
    if (qos == QoS.AT_MOST_ONCE
        && (!client.opened || !effects.isWritable(client.connection().id()))) {
      counters.dropped(session, Event.Reason.SLOW_RECEIVER, 1);
      return;
    }
    boolean retain = message.retain() && option.retainAsPublished();
    long sequence = queue.tail();
    int packetId = qos == QoS.AT_MOST_ONCE ? 0 : Queue.packetIdOf(sequence);
    Publish publish = publish(client, message, false, qos, retain, packetId, option.identifiers());
    if (!fits(client, publish)) {
      queue.countDropped(DropCounters.TOO_LARGE, 1);
      counters.dropped(session, Event.Reason.TOO_LARGE, 1);
      return;
    }
    send(client, publish);
    if (qos != QoS.AT_MOST_ONCE) {
      queue.enqueue(0, qos, retain);
      queue.sent(sequence);
      client.outbound.next = sequence + 1;
      client.outbound.inFlight++;
      refresh(client);
    }
  }

  private Publish publish(
      Client client,
      Published message,
      boolean dup,
      QoS qos,
      boolean retain,
      int packetId,
      SubscriptionIdentifiers identifiers) {
    long expirySeconds = -1;
    if (message.expiresAtMillis() != LogRecord.NEVER) {
      long left = Math.max(0, message.expiresAtMillis() - journal.nowMillis());
      expirySeconds = (left + 999) / 1000;
    }
    Bytes topic = message.topic();
    int alias = client.knownAliasOut(topic);
    return new Publish(
        dup,
        qos,
        retain,
        packetId,
        alias == 0 ? topic : Bytes.EMPTY,
        alias == 0 ? client.newAliasOut(topic) : alias,
        expirySeconds,
        identifiers,
        message.passedOn(),
        message.payload());
  }

  private static boolean fits(Client client, Publish publish) {
    return client.maximumPacketSize() < 0
        || PacketEncoder.length(publish, client.version()) <= client.maximumPacketSize();
  }

  private void send(Client client, Publish publish) {
    counters.sent(publish);
    effects.send(client.connection().id(), publish);
  }

  private void drop(Session session, long sequence, DropReason reason) {
    Queue queue = session.queue();
    counters.dropped(session, reasonOf(reason), 1);
    if (queue.isDurable()) {
      journal.commit(new Dropped(queue.number(), reason, new long[] {sequence}));
    } else {
      queue.countDropped(DropCounters.of(reason), 1);
      finish(queue, sequence);
    }
  }

  private static Event.Reason reasonOf(DropReason reason) {
    return switch (reason) {
      case EXPIRED -> Event.Reason.EXPIRED;
      case TOO_LARGE -> Event.Reason.TOO_LARGE;
      case REFUSED -> Event.Reason.REFUSED;
      case SESSION_ENDED -> Event.Reason.SESSION_ENDED;
    };
  }

  // What consumers answer

  void pubAck(Client client, int packetId) {
    Queue queue = client.session().queue();
    long sequence = queue.sequenceOf(packetId);
    if (isInFlight(client, queue, sequence) && queue.state(sequence) == State.WAITING) {
      done(client, queue, sequence);
    }
  }

  void pubRec(Client client, int packetId, ReasonCode reasonCode) {
    Queue queue = client.session().queue();
    long sequence = queue.sequenceOf(packetId);
    if (!isInFlight(client, queue, sequence)) {
      if (!isKnown(client, queue, sequence)) {
        answers.whenDurable(
            client.connection(), new PubRel(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
      }
    } else if (queue.state(sequence) == State.RECEIVED) {
      answers.whenDurable(client.connection(), new PubRel(packetId));
    } else if (reasonCode.isFailure()) {
      done(client, queue, sequence);
    } else {
      queue.answered(sequence);
      client.outbound.received.add(sequence);
      answerWaits = true;
      touched(client);
    }
  }

  void pubComp(Client client, int packetId) {
    Queue queue = client.session().queue();
    long sequence = queue.sequenceOf(packetId);
    if (isInFlight(client, queue, sequence) && queue.state(sequence) == State.RECEIVED) {
      done(client, queue, sequence);
    }
  }

  private static boolean isKnown(Client client, Queue queue, long sequence) {
    return queue.holds(sequence) && sequence < client.outbound.next;
  }

  private static boolean isInFlight(Client client, Queue queue, long sequence) {
    return isKnown(client, queue, sequence)
        && queue.state(sequence) != State.DONE
        && !queue.isAnswered(sequence);
  }

  private void done(Client client, Queue queue, long sequence) {
    queue.answered(sequence);
    client.outbound.done.add(sequence);
    client.outbound.inFlight--;
    touched(client);
    ready(client);
  }

  private void touched(Client client) {
    if (!client.outbound.dirty) {
      client.outbound.dirty = true;
      dirty.add(client);
      dirtySinceMillis = Math.min(dirtySinceMillis, journal.nowMillis());
    }
  }

  /// Records what was acknowledged, if a batch is open anyway, somebody waits for it, or it has
  /// waited long enough.
  void recordAcknowledgements(boolean batchIsOpen) {
    if (dirty.isEmpty()) {
      return;
    }
    boolean late = journal.nowMillis() - dirtySinceMillis >= ACKNOWLEDGE_MILLIS;
    if (batchIsOpen || answerWaits || late) {
      for (Client client : dirty) {
        record(client);
      }
      dirty.clear();
      dirtySinceMillis = LogRecord.NEVER;
      answerWaits = false;
      sharedDone.forEach(
          (queue, done) -> journal.commit(new Acknowledged(queue, done.takeAscending(), NONE)));
      sharedDone.clear();
    }
  }

  private static final long[] NONE = new long[0];

  private void record(Client client) {
    Outbound outbound = client.outbound;
    outbound.dirty = false;
    if (outbound.done.isEmpty() && outbound.received.isEmpty()) {
      return;
    }
    Queue queue = client.session().queue();
    long[] done = outbound.done.takeAscending();
    long[] received = outbound.received.takeAscending();
    if (queue.isDurable()) {
      journal.commit(new Acknowledged(queue.number(), done, received));
    } else {
      for (long sequence : received) {
        queue.become(sequence, State.RECEIVED);
      }
      for (long sequence : done) {
        finish(queue, sequence);
      }
    }
    for (long sequence : received) {
      PubRel release = new PubRel(Queue.packetIdOf(sequence));
      if (queue.isDurable()) {
        answers.whenDurable(client.connection(), release);
      } else {
        answers.inTurn(client.connection(), release);
      }
    }
  }

  /// A transient queue's entry is done: no record says so, but for the shared queue that it came
  /// from.
  private void finish(Queue queue, long sequence) {
    Optional<Detail> detail = queue.detail(sequence);
    journal.state().complete(queue, sequence);
    detail
        .filter(from -> journal.state().sharedQueueOf(from) != null)
        .ifPresent(from ->
            sharedDone
                .computeIfAbsent(from.sharedQueue(), unused -> new Sequences())
                .add(from.sharedSequence()));
  }

  /// A transient session ends with QoS 2 messages of shared subscriptions that it was sent: they go
  /// to nobody else [MQTT-4.8.2-5].
  void abandonShared(Session session) {
    Queue queue = session.queue();
    for (long sequence = queue.head(); sequence < queue.tail(); sequence++) {
      Detail detail = queue.detail(sequence).orElse(null);
      if (detail == null || queue.state(sequence) == State.DONE) {
        continue;
      }
      Queue from = journal.state().sharedQueueOf(detail);
      if (from != null) {
        counters.dropped(session, Event.Reason.SESSION_ENDED, 1);
        journal.commit(
            new Dropped(
                from.number(), DropReason.SESSION_ENDED, new long[] {detail.sharedSequence()}));
      }
    }
  }
}
