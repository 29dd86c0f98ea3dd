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
import io.holdfast.core.session.Session;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How messages leave queues: what consumers answer, and what is dropped.
///
/// An answer is known at once and recorded with the next batch, within `ACKNOWLEDGE_MILLIS` in any
/// case: one record for each queue and batch. Where a message came from a shared queue, it leaves
/// that queue first: between the two records a crash makes the consumer get it again, and nobody
/// else.
final class Acknowledgements {
  /// A crash makes the broker forget acknowledgements younger than this.
  static final long ACKNOWLEDGE_MILLIS = 250;

  private static final long[] NONE = new long[0];

  private final Journal journal;
  private final Answers answers;
  private final Counters counters;
  private final int clientsPerTurnMax;
  private final List<Client> unrecorded = new ArrayList<>();
  private final Map<Integer, Sequences> sharedDone = new TreeMap<>();
  private long unrecordedSinceMillis = LogRecord.NEVER;

  /// Whether it is not to wait: somebody does, or recording was begun.
  private boolean answerWaits;

  Acknowledgements(Journal journal, Answers answers, Counters counters, Limits limits) {
    this.journal = journal;
    this.answers = answers;
    this.counters = counters;
    this.clientsPerTurnMax = limits.deliveriesPerTurnMax();
  }

  // What consumers answer

  void pubAck(Client client, int packetId, ReasonCode reasonCode) {
    Queue queue = client.session().queue();
    long sequence = queue.sequenceOf(packetId);
    if (isInFlight(client, queue, sequence) && queue.state(sequence) == State.WAITING) {
      answered(client, queue, sequence, reasonCode);
    }
  }

  void pubRec(Client client, int packetId, ReasonCode reasonCode) {
    Queue queue = client.session().queue();
    long sequence = queue.sequenceOf(packetId);
    if (!isInFlight(client, queue, sequence)) {
      boolean wantsRelease = !reasonCode.isFailure(); // [MQTT-4.3.3-4]
      if (wantsRelease && client.opened && !isKnown(client, queue, sequence)) {
        PubRel unknown = new PubRel(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
        answers.again(client.session(), client.connection(), unknown);
      }
    } else if (queue.state(sequence) == State.RECEIVED) {
      answers.again(client.session(), client.connection(), new PubRel(packetId));
    } else if (reasonCode.isFailure()) {
      answered(client, queue, sequence, reasonCode);
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
      client.outbound.inFlight--;
    }
  }

  /// Whether its consumer has seen it on this connection.
  private static boolean isKnown(Client client, Queue queue, long sequence) {
    return client.opened
        && queue.holds(sequence)
        && (sequence < client.outbound.next || queue.state(sequence) == State.RECEIVED);
  }

  private static boolean isInFlight(Client client, Queue queue, long sequence) {
    return isKnown(client, queue, sequence)
        && queue.state(sequence) != State.DONE
        && !queue.isAnswered(sequence);
  }

  /// An error is an answer like any other, but where the message came from a shared subscription: a
  /// refusal discards it, counted [MQTT-4.8.2-6].
  private void answered(Client client, Queue queue, long sequence, ReasonCode reasonCode) {
    if (reasonCode.isFailure() && queue.detail(sequence).map(this::origin).isPresent()) {
      drop(client.session(), sequence, DropReason.REFUSED);
    } else {
      done(client, queue, sequence);
    }
    client.outbound.inFlight--;
  }

  /// The consumer needs nothing more of the entry: also of one that was sent at QoS 0.
  void done(Client client, Queue queue, long sequence) {
    queue.answered(sequence);
    client.outbound.done.add(sequence);
    touched(client);
  }

  private void touched(Client client) {
    if (!client.outbound.unrecorded) {
      client.outbound.unrecorded = true;
      unrecorded.add(client);
      unrecordedSinceMillis = Math.min(unrecordedSinceMillis, journal.nowMillis());
    }
  }

  // What becomes a record

  /// Records what was acknowledged, if a batch is open anyway, somebody waits for it, or it has
  /// waited long enough; of a bounded number of clients. True where there are more.
  boolean recordAll(boolean batchIsOpen) {
    if (unrecorded.isEmpty()) {
      return false;
    }
    boolean late = journal.nowMillis() - unrecordedSinceMillis >= ACKNOWLEDGE_MILLIS;
    if (!batchIsOpen && !answerWaits && !late) {
      return false;
    }
    int count = Math.min(clientsPerTurnMax, unrecorded.size());
    for (int i = 0; i < count; i++) {
      gatherShared(unrecorded.get(i));
    }
    commitShared();
    for (int i = 0; i < count; i++) {
      commitOwn(unrecorded.get(i));
    }
    unrecorded.subList(0, count).clear();
    answerWaits = !unrecorded.isEmpty();
    if (!answerWaits) {
      unrecordedSinceMillis = LogRecord.NEVER;
    }
    return answerWaits;
  }

  /// Records what one client acknowledged, now.
  void record(Client client) {
    gatherShared(client);
    commitShared();
    commitOwn(client);
  }

  private void gatherShared(Client client) {
    Queue queue = client.session().queue();
    Sequences done = client.outbound.done;
    for (int i = 0; i < done.count(); i++) {
      Optional<Detail> detail = queue.detail(done.at(i));
      if (detail.isPresent() && origin(detail.get()) != null) {
        sharedDone
            .computeIfAbsent(detail.get().sharedQueue(), unused -> new Sequences())
            .add(detail.get().sharedSequence());
      }
    }
  }

  private @Nullable Queue origin(Detail detail) {
    return journal.state().shared().origin(detail);
  }

  private void commitShared() {
    if (!sharedDone.isEmpty()) {
      sharedDone.forEach(
          (queue, done) -> journal.commit(new Acknowledged(queue, done.takeAscending(), NONE)));
      sharedDone.clear();
    }
  }

  private void commitOwn(Client client) {
    Outbound outbound = client.outbound;
    outbound.unrecorded = false;
    if (outbound.done.isEmpty() && outbound.received.isEmpty()) {
      return;
    }
    Queue queue = client.session().queue();
    long[] done = outbound.done.takeAscending();
    long[] received = outbound.received.takeAscending();
    if (queue.isDurable()) {
      journal.commit(new Acknowledged(queue.number(), done, received));
    } else {
      journal.state().entries().acknowledge(queue, done, received);
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

  // What is dropped

  /// An entry leaves its queue otherwise than by being handled.
  void drop(Session session, long sequence, DropReason reason) {
    Queue queue = session.queue();
    counters.dropped(session.clientId(), DropCounters.eventOf(reason), 1);
    queue.detail(sequence).ifPresent(detail -> dropFromOrigin(detail, reason));
    if (queue.isDurable()) {
      journal.commit(new Dropped(queue.number(), reason, new long[] {sequence}));
    } else {
      journal.state().entries().drop(queue, sequence, DropCounters.of(reason));
    }
  }

  /// Entries of a queue of any kind make room for newer ones.
  ///
  /// @param sequences ascending
  void displace(Queue queue, long[] sequences) {
    for (long sequence : sequences) {
      queue.detail(sequence).ifPresent(detail -> dropFromOrigin(detail, DropReason.DISPLACED));
    }
    if (queue.isDurable()) {
      journal.commit(new Dropped(queue.number(), DropReason.DISPLACED, sequences));
    } else {
      for (long sequence : sequences) {
        journal.state().entries().drop(queue, sequence, DropCounters.DISPLACED);
      }
    }
  }

  private void dropFromOrigin(Detail detail, DropReason reason) {
    Queue from = origin(detail);
    if (from != null) {
      journal.commit(new Dropped(from.number(), reason, new long[] {detail.sharedSequence()}));
    }
  }

  /// The session is about to end, with all that waits for it. What it was sent of shared
  /// subscriptions at QoS 2 goes to nobody else [MQTT-4.8.2-5].
  void abandon(Session session) {
    Queue queue = session.queue();
    if (queue.waiting() == 0) {
      return;
    }
    counters.dropped(session.clientId(), Event.Reason.SESSION_ENDED, queue.waiting());
    for (Detail detail : queue.details()) {
      if (queue.holds(detail.sequence()) && queue.state(detail.sequence()) != State.DONE) {
        dropFromOrigin(detail, DropReason.SESSION_ENDED);
      }
    }
  }
}
