package io.holdfast.core;

import io.holdfast.core.queue.Entry;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.Queue.State;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.core.record.LogRecord.Cursor;
import io.holdfast.core.record.LogRecord.CursorImage;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.Leftover;
import io.holdfast.core.record.LogRecord.QueueImage;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.core.session.StoredWill;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Tells durable state: two states that a restart could not tell apart give the same.
///
/// Left out is what no record says: transient sessions and what they hold, what was sent on the
/// present connections, and what was answered but not yet recorded.
final class StateTelling {
  private final DurableState state;
  private final StateSink sink;

  StateTelling(DurableState state, StateSink sink) {
    this.state = state;
    this.sink = sink;
  }

  void tell() {
    for (Session session : state.sessions().values()) {
      if (session.isDurable()) {
        tell(session);
      }
    }
    state.shared().all().forEach(this::tell);
    state.wills().forEach(this::tell);
    state
        .retained()
        .forEach((topic, retained) -> {
          sink.thing("retained", topic);
          sink.position("at", retained.position());
          sink.number("expires", retained.expiresAtMillis());
          sink.number("qos", retained.qos().level());
        });
    state.leftovers().all().forEach(this::tell);
    sink.thing("sets", "");
    sink.number("next", state.router().nextNumber());
  }

  private void tell(Session session) {
    sink.thing("session", session.clientId());
    sink.text("version", session.version().name());
    sink.number("expiry", session.expirySeconds());
    sink.number("connected", session.isConnected() ? 1 : 0);
    if (!session.isConnected()) {
      sink.number("away since", session.awaySinceMillis());
    }
    for (Subscription subscription : session.subscriptions()) {
      sink.text("subscription", subscription.filter());
      sink.number("maximum qos", subscription.maximumQoS().level());
      sink.number("no local", subscription.noLocal() ? 1 : 0);
      sink.number("retain as published", subscription.retainAsPublished() ? 1 : 0);
      sink.text("retain handling", subscription.retainHandling().name());
      sink.number("identifier", subscription.identifier());
    }
    for (Map.Entry<Integer, Long> open : sorted(session.openReceived()).entrySet()) {
      sink.number("open", open.getKey());
      sink.number("content", open.getValue());
    }
    tell(session.queue());
  }

  private static Map<Integer, Long> sorted(Map<Integer, Long> open) {
    return open.size() < 2 ? open : new TreeMap<>(open);
  }

  private void tell(SharedSubscription shared) {
    sink.thing("shared", shared.text());
    List<String> members = new ArrayList<>();
    for (Session member : shared.members().keySet()) {
      if (member.isDurable()) {
        members.add(member.clientId());
      }
    }
    Collections.sort(members);
    for (String member : members) {
      sink.text("member", member);
    }
    tell(shared.queue());
  }

  private void tell(String clientId, StoredWill will) {
    sink.thing("will", clientId);
    sink.number("due", will.dueMillis());
    sink.bytes("topic", will.will().topic());
    sink.bytes("payload", will.will().payload());
    sink.number("qos", will.will().qos().level());
    sink.number("retain", will.will().retain() ? 1 : 0);
    sink.number("delay", will.will().delaySeconds());
    sink.number("expiry", will.will().messageExpirySeconds());
    sink.bytes("properties", will.will().passedOn());
  }

  /// As records say it, and as it is read back from a snapshot.
  private void tell(Queue queue) {
    QueueImage image = queue.image();
    sink.number("queue", queue.number());
    sink.position("born", image.bornAt());
    sink.number("head", image.head());
    sink.number("mark", image.sentMark());
    tell(queue.account());
    sink.number("counted as waiting", queue.waiting());
    for (long sequence = queue.head(); sequence < queue.windowEnd(); sequence++) {
      long entry = image.entries()[(int) (sequence - image.head())];
      State entryState = Entry.state(entry);
      sink.text("entry", entryState.name());
      if (entryState != State.DONE) {
        sink.position("at", queue.position(sequence));
        sink.number("qos", queue.qos(sequence).level());
        sink.number("retained", queue.isRetained(sequence) ? 1 : 0);
        Optional<Detail> detail = queue.detail(sequence);
        if (detail.isPresent()) {
          tell(sequence, detail.get());
        }
      }
    }
    tellBacklog(image.backlogFrom(), image.backlogCount());
    image.cursors().forEach(this::tell);
  }

  private void tell(QueueAccount account) {
    sink.number("accepted", account.accepted());
    sink.number("handled", account.handled());
    sink.number("waiting", account.waiting());
    sink.number("expired", account.expired());
    sink.number("too large", account.tooLarge());
    sink.number("refused", account.refused());
    sink.number("session ended", account.sessionEnded());
    sink.number("returned", account.returned());
    sink.number("displaced", account.displaced());
    sink.number("full", account.full());
  }

  private void tell(CursorImage image) {
    Cursor cursor = image.cursor();
    sink.text("cursor", cursor.filter());
    sink.number("maximum qos", cursor.maximumQoS().level());
    sink.number("identifier", cursor.identifier());
    sink.position("until", cursor.until());
    sink.text("after", cursor.after().orElse(""));
    tellBacklog(image.from(), image.count());
  }

  private void tellBacklog(long from, long count) {
    if (count > 0) {
      sink.position("backlog from", from);
      sink.number("backlog", count);
    }
  }

  private void tell(Leftover leftover) {
    sink.thing("leftover", Integer.toString(leftover.queue()));
    sink.position("born", leftover.bornAt());
    sink.position("until", leftover.until());
    tellBacklog(leftover.from(), leftover.count());
  }

  private void tell(long sequence, Detail detail) {
    sink.number("detail", detail.sequence() - sequence);
    sink.number("count", detail.count());
    sink.position("known since", detail.knownSince());
    sink.number("identifier", detail.identifier());
    sink.number("shared queue", detail.sharedQueue());
    sink.number("shared sequence", detail.sharedSequence());
  }
}
