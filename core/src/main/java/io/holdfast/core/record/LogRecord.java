package io.holdfast.core.record;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.Will;
import java.util.List;
import java.util.Optional;

/// One change of durable state. Live and in recovery it is applied by the same method.
///
/// Queues and sessions are named by number; a durable session's private queue has the session's own
/// number. A record counts for a queue only from the position of the record that made that queue.
public sealed interface LogRecord {

  /// A message with the queues that want it.
  ///
  /// @param atMillis when it was accepted
  /// @param expiresAtMillis `NEVER` where it does not expire
  /// @param queuesQoS0 whether it has entries at effective QoS 0 too
  /// @param source the QoS 2 exchange it came by, from a durable session
  /// @param willOf the client whose will this was: the will is gone with this record
  /// @param full queues that did not take it for their limit, ascending
  record Published(
      long atMillis,
      long expiresAtMillis,
      QoS qos,
      boolean retain,
      boolean queuesQoS0,
      Optional<Source> source,
      Optional<String> willOf,
      Targets targets,
      int[] full,
      Bytes topic,
      Bytes passedOn,
      Bytes payload)
      implements LogRecord {}

  /// The queues that want a message.
  sealed interface Targets {
    /// No queue: the message is retained only.
    record None() implements Targets {}

    record One(int queue, Option option) implements Targets {}

    /// A queue that gets a copy of a retained message, for its new subscription.
    record AsRetained(int queue, QoS maximumQoS, int identifier) implements Targets {}

    /// The set that a `SetDefined` before this record gave the number.
    record Set(int number) implements Targets {}
  }

  /// How a queue wants a message.
  ///
  /// @param granted the highest QoS of the matching subscriptions
  record Option(QoS granted, boolean retainAsPublished, SubscriptionIdentifiers identifiers) {
    /// The same, for a message that comes because it is retained: its flag says so.
    public Option asRetained() {
      return new Option(granted, true, identifiers);
    }
  }

  /// The sender's half of a QoS 2 exchange.
  ///
  /// @param contentHash tells a duplicate from a new message under a reused identifier
  record Source(int session, int packetId, long contentHash) {}

  /// A target set gets its number.
  record SetDefined(int number, List<Group> groups) implements LogRecord {}

  /// The queues of a target set that want the message in one way.
  ///
  /// @param queues ascending
  record Group(Option option, int[] queues) {}

  /// A client connected: the session it had may end, one may be made or go on, its will is set or
  /// removed.
  ///
  /// @param endsOld whether the session that the client had ends here
  /// @param session its durable session's number, or 0 where it has none
  /// @param expirySeconds `NEVER_EXPIRES` for ever
  /// @param window entries of its queue that are in memory from now on, the others its backlog
  /// @param will replaces what is stored; absent removes it
  record SessionOpened(
      long atMillis,
      String clientId,
      boolean endsOld,
      int session,
      ProtocolVersion version,
      long expirySeconds,
      int window,
      Optional<Will> will)
      implements LogRecord {}

  /// A client's connection ended, and its durable session, if it has one, goes on without it.
  ///
  /// @param expirySeconds from now on, since DISCONNECT may change it
  /// @param sentUntil entries of its queue from this sequence on were never sent
  /// @param willDueMillis when the will is to be published; `NEVER` where it is removed
  record SessionClosed(
      long atMillis, String clientId, long expirySeconds, long sentUntil, long willDueMillis)
      implements LogRecord {}

  /// A durable session expired or was ended otherwise.
  record SessionEnded(long atMillis, int session) implements LogRecord {}

  /// Subscriptions were made or replaced.
  record Subscribed(int session, List<Subscription> subscriptions) implements LogRecord {}

  /// One subscription with its options.
  ///
  /// @param filter as the client wrote it, `$share/` prefix included
  /// @param identifier 0 for none
  record Subscription(
      String filter,
      QoS maximumQoS,
      boolean noLocal,
      boolean retainAsPublished,
      RetainHandling retainHandling,
      int identifier) {}

  record Unsubscribed(int session, List<String> filters) implements LogRecord {}

  /// Retained messages that a new subscription brought become entries.
  ///
  /// @param positions of the messages, in the order of delivery: none of a message that recovery
  ///   might have to write anew elsewhere
  record RetainedEnqueued(int queue, QoS maximumQoS, int identifier, long[] positions)
      implements LogRecord {}

  /// A new subscription has more retained messages than are enqueued at once: a cursor is to bring
  /// those retained before this record. What the queue gets from here on waits behind it.
  ///
  /// A cursor of the same filter that is under way is given up.
  record RetainedBegun(int queue, String filter, QoS maximumQoS, int identifier)
      implements LogRecord {}

  /// Retained messages that the queue's first cursor brought become entries.
  ///
  /// @param positions as in `RetainedEnqueued`
  /// @param goesOnAfter the topic up to which it has looked; absent where it is done
  record RetainedBrought(int queue, Optional<String> goesOnAfter, long[] positions)
      implements LogRecord {}

  /// Where the bringing of retained messages to a new subscription stands.
  ///
  /// @param until the position of the record that began it: what is retained since comes as new
  /// @param after the topic up to which it has looked
  record Cursor(String filter, QoS maximumQoS, int identifier, long until, Optional<String> after) {
    public Cursor after(String topic) {
      return new Cursor(filter, maximumQoS, identifier, until, Optional.of(topic));
    }
  }

  /// Messages of a queue's backlog come into its window.
  ///
  /// @param entries as the queue holds them; the first ones of the backlog
  /// @param goesOnFrom all the others lie at or behind this position
  record Loaded(int queue, long[] entries, long goesOnFrom) implements LogRecord {}

  /// The oldest messages of a queue's backlog made room for newer ones.
  ///
  /// @param goesOnFrom all the others of the backlog lie at or behind this position
  /// @param positions one message of each segment that has some of them, ascending
  /// @param counts how many each of these segments has
  record Displaced(int queue, long goesOnFrom, long[] positions, long[] counts)
      implements LogRecord {}

  /// Messages that the backlog of a queue which ended had wanted are let go.
  ///
  /// @param bornAt tells the queue from others that had its number
  /// @param goesOnFrom all the others lie at or behind this position
  /// @param positions one message of each segment that has some of them, ascending
  /// @param counts how many each of these segments has
  record LetGo(long bornAt, long goesOnFrom, long[] positions, long[] counts)
      implements LogRecord {}

  /// What consumers acknowledged since the last such record of this queue.
  ///
  /// @param done sequences of entries that left the queue, ascending
  /// @param received sequences of QoS 2 entries whose PUBREC came, ascending
  record Acknowledged(int queue, long[] done, long[] received) implements LogRecord {}

  /// Entries left the queue otherwise.
  ///
  /// @param sequences ascending
  record Dropped(int queue, DropReason reason, long[] sequences) implements LogRecord {}

  enum DropReason {
    EXPIRED,
    TOO_LARGE,
    REFUSED,
    /// The session of the consumer that a QoS 2 message of a shared subscription went to ended
    /// [MQTT-4.8.2-5].
    SESSION_ENDED,
    /// Newer ones came while the queue was full.
    DISPLACED;

    /// Whether the entry may be sent after all if the record is lost.
    public boolean isOfTheMoment() {
      return this == EXPIRED || this == DISPLACED;
    }
  }

  /// QoS 2 packet identifiers that a publisher may use again.
  record Released(int session, int[] packetIds) implements LogRecord {}

  /// Entries before this sequence may have been sent.
  record SentMark(int queue, long until) implements LogRecord {}

  /// A shared subscription got its first subscriber, and with it a queue.
  ///
  /// @param filter `$share/` prefix included
  ///
  /// @param window entries of its queue that are in memory, the others its backlog
  record SharedOpened(int queue, String filter, int window) implements LogRecord {}

  /// A shared subscription lost its last subscriber, and its queue ends.
  record SharedEnded(int queue) implements LogRecord {}

  /// Messages of a shared subscription went to a member: they are entries of its queue from here
  /// on, and theirs in the shared queue wait for them.
  ///
  /// @param queue 0 where the member is transient: recorded at QoS 2 only, since such a message
  ///   goes to nobody else, even if a crash ends the member's session
  /// @param sequences of the shared queue, ascending
  record SharedAssigned(
      int sharedQueue,
      int queue,
      QoS maximumQoS,
      boolean retainAsPublished,
      int identifier,
      long[] sequences)
      implements LogRecord {}

  /// Messages of a shared subscription that a member gave back unacknowledged when its connection
  /// ended.
  ///
  /// @param queue 0 where the member was transient
  /// @param sequences of the member's queue, ascending
  /// @param sharedSequences of the same in the shared queue
  record SharedReturned(int queue, long[] sequences, int sharedQueue, long[] sharedSequences)
      implements LogRecord {}

  /// The broker started: who was connected is away since `atMillis`.
  record Restarted(long atMillis) implements LogRecord {}

  /// Snapshot: a durable session with its subscriptions and its queue.
  record SessionPart(
      String clientId,
      int session,
      ProtocolVersion version,
      long expirySeconds,
      boolean connected,
      long awaySinceMillis,
      List<Subscription> subscriptions,
      List<Source> openReceived,
      QueueImage queue)
      implements LogRecord {}

  /// Snapshot: a durable shared subscription's queue.
  record SharedQueuePart(int queue, String filter, QueueImage image) implements LogRecord {}

  /// Snapshot: what is retained under one topic.
  record RetainedPart(String topic, long position, long expiresAtMillis, QoS qos)
      implements LogRecord {}

  /// Snapshot: a stored will.
  record WillPart(String clientId, Will will, long dueMillis) implements LogRecord {}

  /// Snapshot: the counters that outlive everything else.
  record CountersPart(int nextSet, long atMillis) implements LogRecord {}

  /// Snapshot, its last part: how many entries want messages of each segment.
  ///
  /// @param segments the first position of each, ascending
  /// @param leftovers what queues that ended still want, for nobody has looked for it yet
  record WantedPart(long[] segments, long[] counts, List<Leftover> leftovers)
      implements LogRecord {}

  /// The backlog of a queue that has ended.
  ///
  /// @param from its messages lie at or behind this position, and before `until`
  record Leftover(int queue, long bornAt, long from, long until, long count) {}

  /// A queue as it stands.
  ///
  /// @param bornAt the position of the record that made it
  /// @param entries position and flags of each in the window, from `head` on
  /// @param backlogFrom the messages of the backlog lie at or behind this position
  /// @param backlogCount how many entries follow the window
  /// @param details of the entries that have some, in their order
  /// @param dropped how many left it unhandled, or never came into it, by `DropCounters`
  /// @param cursors in the order of their turns
  /// @param accepted how many entries it has had
  /// @param handled how many of them left as handled
  /// @param window how many entries are in memory where there are more
  record QueueImage(
      long bornAt,
      long head,
      long sentMark,
      long[] entries,
      long backlogFrom,
      long backlogCount,
      List<Detail> details,
      long[] dropped,
      List<CursorImage> cursors,
      long accepted,
      long handled,
      int window) {}

  /// A cursor, and how many entries wait behind it, at or behind a position.
  record CursorImage(Cursor cursor, long from, long count) {}

  /// What some entries need beyond their messages' positions.
  ///
  /// @param sequence of the first of them
  /// @param count how many follow each other, it included: 1 where they came from a shared queue
  /// @param knownSince the position of the record that made them
  /// @param sharedQueue where they came from, 0 for nowhere, with the sequence there
  record Detail(
      long sequence,
      long count,
      long knownSince,
      int identifier,
      int sharedQueue,
      long sharedSequence) {}

  /// A time that never comes.
  long NEVER = Long.MAX_VALUE;

  /// The session expiry interval that means for ever (MQTT 5.0 section 3.1.2.11.2).
  long NEVER_EXPIRES = 0xFFFF_FFFFL;
}
