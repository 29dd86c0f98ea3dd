package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Acknowledged;
import io.holdfast.core.record.LogRecord.CountersPart;
import io.holdfast.core.record.LogRecord.Displaced;
import io.holdfast.core.record.LogRecord.Dropped;
import io.holdfast.core.record.LogRecord.LetGo;
import io.holdfast.core.record.LogRecord.Loaded;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.Released;
import io.holdfast.core.record.LogRecord.Restarted;
import io.holdfast.core.record.LogRecord.RetainedBegun;
import io.holdfast.core.record.LogRecord.RetainedBrought;
import io.holdfast.core.record.LogRecord.RetainedEnqueued;
import io.holdfast.core.record.LogRecord.RetainedPart;
import io.holdfast.core.record.LogRecord.SentMark;
import io.holdfast.core.record.LogRecord.SessionClosed;
import io.holdfast.core.record.LogRecord.SessionEnded;
import io.holdfast.core.record.LogRecord.SessionOpened;
import io.holdfast.core.record.LogRecord.SessionPart;
import io.holdfast.core.record.LogRecord.SetDefined;
import io.holdfast.core.record.LogRecord.SharedAssigned;
import io.holdfast.core.record.LogRecord.SharedEnded;
import io.holdfast.core.record.LogRecord.SharedOpened;
import io.holdfast.core.record.LogRecord.SharedQueuePart;
import io.holdfast.core.record.LogRecord.SharedReturned;
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.record.LogRecord.Subscribed;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.record.LogRecord.Unsubscribed;
import io.holdfast.core.record.LogRecord.WantedPart;
import io.holdfast.core.record.LogRecord.WillPart;
import io.holdfast.core.routing.RetainedMessages;
import io.holdfast.core.routing.RetainedMessages.Retained;
import io.holdfast.core.routing.Router;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.core.session.StoredWill;
import io.holdfast.protocol.topic.SharedFilter;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything that a restart brings back, and the one method that changes it: `apply`.
///
/// Transient sessions live in the same structures, with numbers of the same kind, but no record
/// names them as owners; what records say of their queues is gone with a restart.
final class DurableState {
  /// After a restart a will waits at least so long for its client to come back.
  static final long WILL_GRACE_MILLIS = 30_000;

  /// What a new queue may send before a further mark is durable.
  static final long SENT_MARK_STEP = 1024;

  private final Router router;
  private final RetainedMessages retained = new RetainedMessages();
  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final Map<String, StoredWill> wills = new LinkedHashMap<>();
  private final QueueNumbers numbers = new QueueNumbers();
  private final Entries entries;
  private final SharedQueues shared;
  private final Leftovers leftovers = new Leftovers();
  private final Listener listener;
  private long lastMillis;
  private long subscriptionCount;

  /// Told of changes that matter to who delivers. Nobody listens in recovery.
  interface Listener {
    /// The queue has more.
    void enqueued(Queue queue);

    /// The message at `position` is wanted by so many more entries.
    void wanted(long position, int count);

    /// The message at `position`, and others of its segment, are wanted by so many entries less.
    void left(long position, long count);

    /// An entry of a transient queue wants the message at `position`, which no record says.
    void held(long position);

    void released(long position);

    void pinned(long position);

    void unpinned(long position);

    /// A snapshot says how many entries want messages of each segment, as of `position`.
    void wantedAsOf(long position, WantedPart part);

    /// Nobody listens.
    Listener NOBODY =
        new Listener() {
          @Override
          public void enqueued(Queue queue) {}

          @Override
          public void wanted(long position, int count) {}

          @Override
          public void left(long position, long count) {}

          @Override
          public void held(long position) {}

          @Override
          public void released(long position) {}

          @Override
          public void wantedAsOf(long position, WantedPart part) {}

          @Override
          public void pinned(long position) {}

          @Override
          public void unpinned(long position) {}
        };
  }

  DurableState(Limits limits, Listener listener) {
    this.router = new Router(limits.topicCacheMax());
    this.entries = new Entries(router, numbers, leftovers, listener);
    this.shared = new SharedQueues(router, numbers, entries, listener);
    this.listener = listener;
  }

  Router router() {
    return router;
  }

  RetainedMessages retained() {
    return retained;
  }

  Map<String, Session> sessions() {
    return sessions;
  }

  Entries entries() {
    return entries;
  }

  SharedQueues shared() {
    return shared;
  }

  Map<String, StoredWill> wills() {
    return wills;
  }

  Leftovers leftovers() {
    return leftovers;
  }

  QueueNumbers numbers() {
    return numbers;
  }

  /// How many there are, of all sessions.
  long subscriptionCount() {
    return subscriptionCount;
  }

  long lastMillis() {
    return lastMillis;
  }

  /// The one way to change durable state, live and in recovery.
  void apply(long position, LogRecord record) {
    switch (record) {
      case Published published -> applyPublished(position, published);
      case SetDefined set -> router.define(set.number(), set.groups(), position);
      case SessionOpened opened -> applyOpened(position, opened);
      case SessionClosed closed -> applyClosed(position, closed);
      case SessionEnded ended -> {
        sawTime(ended.atMillis());
        durableSession(ended.session(), position).ifPresent(session -> end(session, position));
      }
      case Subscribed subscribed ->
          durableSession(subscribed.session(), position)
              .ifPresent(session -> subscribed.subscriptions().forEach(s -> subscribe(session, s)));
      case Unsubscribed unsubscribed ->
          durableSession(unsubscribed.session(), position)
              .ifPresent(session ->
                  unsubscribed.filters().forEach(f -> unsubscribe(session, f, position)));
      case RetainedEnqueued retained -> entries.apply(position, retained);
      case RetainedBegun begun -> entries.apply(position, begun);
      case RetainedBrought brought -> entries.apply(position, brought);
      case Loaded loaded -> entries.apply(position, loaded);
      case Displaced displaced -> entries.apply(position, displaced);
      case LetGo gone -> entries.apply(position, gone);
      case Acknowledged acknowledged -> entries.apply(position, acknowledged);
      case Dropped dropped -> entries.apply(position, dropped);
      case Released released ->
          durableSession(released.session(), position)
              .ifPresent(session -> {
                for (int packetId : released.packetIds()) {
                  session.released(packetId);
                }
              });
      case SentMark mark -> entries.apply(position, mark);
      case SharedOpened opened -> applySharedOpened(position, opened);
      case SharedEnded ended -> applyEnded(position, ended);
      case SharedAssigned assigned -> shared.applyAssigned(position, assigned);
      case SharedReturned returned -> shared.applyReturned(position, returned);
      case Restarted restarted -> applyRestarted(position, restarted);
      case SessionPart part -> applyPart(position, part);
      case SharedQueuePart part ->
          shared.open(
              part.filter(),
              Queue.of(part.queue(), position, part.image(), numbers.arrivals()),
              sessions.values());
      case RetainedPart part ->
          retained.put(
              part.topic(), new Retained(part.position(), part.expiresAtMillis(), part.qos()));
      case WillPart part ->
          wills.put(part.clientId(), new StoredWill(part.will(), part.dueMillis()));
      case WantedPart part -> {
        leftovers.recover(position, part.leftovers());
        listener.wantedAsOf(position, part);
      }
      case CountersPart part -> {
        router.raiseNextNumber(part.nextSet());
        sawTime(part.atMillis());
      }
    }
  }

  private void sawTime(long millis) {
    if (millis < 0 || millis > BrokerClock.MILLIS_MAX) {
      throw new IllegalStateException("broken invariant: a record is of a time that there is");
    }
    lastMillis = Math.max(lastMillis, millis);
  }

  // Messages

  private void applyPublished(long position, Published record) {
    sawTime(record.atMillis());
    entries.apply(position, record);
    if (record.retain()) {
      retain(position, record);
    }
    if (record.source().isPresent()) {
      Source source = record.source().get();
      durableSession(source.session(), position)
          .ifPresent(session -> session.opened(source.packetId(), source.contentHash()));
    }
    if (record.willOf().isPresent()) {
      wills.remove(record.willOf().get());
    }
  }

  private void retain(long position, Published record) {
    String topic = record.topic().toUtf8();
    Optional<Retained> before;
    if (record.payload().isEmpty()) {
      before = retained.remove(topic);
    } else {
      listener.pinned(position);
      before = retained.put(topic, new Retained(position, record.expiresAtMillis(), record.qos()));
    }
    before.ifPresent(old -> listener.unpinned(old.position()));
  }

  // Sessions

  private void applyOpened(long position, SessionOpened record) {
    sawTime(record.atMillis());
    Session old = sessions.get(record.clientId());
    if (old == null || position >= old.queue().countsFrom()) {
      applySession(position, record, old);
    }
    wills.remove(record.clientId());
    record
        .will()
        .ifPresent(will -> wills.put(record.clientId(), new StoredWill(will, LogRecord.NEVER)));
  }

  private void applySession(long position, SessionOpened record, @Nullable Session old) {
    boolean goesOn = old != null && old.isDurable() && !record.endsOld();
    if (old != null && old.isDurable() && record.endsOld()) {
      end(old, position);
    }
    if (record.session() == 0) {
      return;
    }
    if (old != null && goesOn) {
      old.connected(record.version(), record.expirySeconds());
      old.queue().raiseSentMark(old.queue().sentMark() + SENT_MARK_STEP);
      old.queue().window(record.window());
    } else {
      Queue queue = new Queue(record.session(), true, position, SENT_MARK_STEP, numbers.arrivals());
      queue.window(record.window());
      add(new Session(record.clientId(), queue, record.version(), record.expirySeconds()));
    }
  }

  private void applySharedOpened(long position, SharedOpened opened) {
    Queue queue = new Queue(opened.queue(), true, position, 0, numbers.arrivals());
    queue.window(opened.window());
    shared.open(opened.filter(), queue, sessions.values());
  }

  private void applyClosed(long position, SessionClosed record) {
    sawTime(record.atMillis());
    Session session = sessions.get(record.clientId());
    if (session != null && session.isDurable() && position >= session.queue().countsFrom()) {
      session.away(record.atMillis(), record.expirySeconds());
      session.queue().settleSentMark(record.sentUntil());
      session.queue().window(0);
    }
    StoredWill will = wills.remove(record.clientId());
    if (will != null && record.willDueMillis() != LogRecord.NEVER) {
      wills.put(record.clientId(), new StoredWill(will.will(), record.willDueMillis()));
    }
  }

  private void applyRestarted(long position, Restarted record) {
    sawTime(record.atMillis());
    for (Session session : sessions.values()) {
      if (position < session.queue().countsFrom()) {
        continue;
      }
      if (session.isConnected()) {
        session.away(record.atMillis(), session.expirySeconds());
      }
      session.queue().assumeSent();
      session.queue().window(0);
    }
    shared.applyRestarted(position, sessions.values());
    wills.replaceAll((clientId, will) -> {
      long delay = Math.max(will.will().delaySeconds() * 1000, WILL_GRACE_MILLIS);
      return new StoredWill(
          will.will(),
          will.isWaitingForItsClient()
              ? Math.max(will.dueMillis(), record.atMillis() + WILL_GRACE_MILLIS)
              : record.atMillis() + delay);
    });
  }

  private void applyPart(long position, SessionPart part) {
    Session session =
        new Session(
            part.clientId(),
            Queue.of(part.session(), position, part.queue(), numbers.arrivals()),
            part.version(),
            part.expirySeconds());
    if (!part.connected()) {
      session.away(part.awaySinceMillis(), part.expirySeconds());
    }
    add(session);
    for (Source source : part.openReceived()) {
      session.opened(source.packetId(), source.contentHash());
    }
    part.subscriptions().forEach(subscription -> subscribe(session, subscription));
  }

  void add(Session session) {
    sessions.put(session.clientId(), session);
    numbers.put(session);
  }

  /// Ends a session of either kind: its subscriptions, its queue, its place.
  void end(Session session, long position) {
    for (Subscription subscription : List.copyOf(session.subscriptions())) {
      unsubscribe(session, subscription.filter());
    }
    entries.abandon(session.queue(), position);
    sessions.remove(session.clientId(), session);
    numbers.free(session.queue(), position);
  }

  // Subscriptions

  void subscribe(Session session, Subscription subscription) {
    int before = session.subscriptions().size();
    session.subscribe(subscription);
    subscriptionCount += session.subscriptions().size() - before;
    if (SharedFilter.isShared(subscription.filter())) {
      shared.join(session, subscription);
    } else {
      router.put(parse(subscription.filter()), session, subscription);
    }
  }

  /// Ends a subscription, and the cursor that brings it retained messages.
  void unsubscribe(Session session, String filter, long position) {
    unsubscribe(session, filter);
    entries.endCursor(session.queue(), filter, position);
  }

  private void unsubscribe(Session session, String filter) {
    if (!session.unsubscribe(filter)) {
      return;
    }
    subscriptionCount--;
    if (SharedFilter.isShared(filter)) {
      shared.leave(session, filter);
    } else {
      router.remove(parse(filter), session);
    }
  }

  private void applyEnded(long position, SharedEnded record) {
    SharedSubscription ended = numbers.shared(record.queue());
    if (ended != null && position >= ended.queue().countsFrom()) {
      shared.end(ended, position);
    }
  }

  private static TopicFilter parse(String filter) {
    return TopicFilter.parse(filter)
        .orElseThrow(
            () -> new IllegalStateException("broken invariant: filters in records are valid"));
  }

  private Optional<Session> durableSession(int number, long position) {
    return numbers.queue(number, position).isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(numbers.session(number));
  }
}
