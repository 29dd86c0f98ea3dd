package io.holdfast.core.queue;

import io.holdfast.core.Invariant;
import io.holdfast.core.record.LogRecord.Cursor;
import io.holdfast.core.record.LogRecord.CursorImage;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.Leftover;
import io.holdfast.core.record.LogRecord.QueueImage;
import io.holdfast.core.record.LogRecord.SharedAssigned;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// Messages waiting for one session, or for the members of a shared subscription.
///
/// Each entry has a sequence, fixed when it is enqueued: its packet identifier in a private queue
/// follows from it (`packetIdOf`). An entry goes from waiting to done; at QoS 2 it is received in
/// between; in a shared queue it is assigned while a member's queue holds it. Done entries leave
/// when all before them are done.
///
/// A durable queue has its oldest entries in a window in memory; those behind are its backlog, of
/// which it knows how many there are, and a position that they lie at or behind: the log's index
/// finds them. They come into the window by a record each time, and go back when the consumer is
/// away. So what lies in the window is part of durable state too.
///
/// An entry at position 0 has no message in the log: it was handed to a transient session on
/// arrival, and only its acknowledgement is awaited.
public final class Queue {
  /// The window never spans more sequences than there are packet identifiers for private queues.
  public static final int SPAN_MAX = 32767;

  /// More than a queue can have in its life.
  private static final long SEQUENCE_MAX = 1L << 62;

  private static final long[] NOTHING_DROPPED = new long[0];

  private final int number;
  private final boolean durable;
  private final long bornAt;
  private final long countsFrom;
  private final Arrivals arrivals;
  private final EntryRing ring = new EntryRing();

  /// A new entry becomes part of the window while that holds less, and there is no backlog.
  private int windowMax;

  /// What these three count, less what `arrivals` counts for all of them.
  private long backlogBesides;

  private long acceptedBesides;
  private long waitingBesides;

  /// By the sequence of the first entry that each is about.
  private NavigableMap<Long, Detail> details = Collections.emptyNavigableMap();

  /// Of a transient queue's entries, by sequence, where there are any: a durable one's are found in
  /// the messages.
  private Map<Long, SubscriptionIdentifiers> identifiers = Map.of();

  /// None where no subscription has retained messages to bring.
  private Optional<Cursors> cursors = Optional.empty();

  /// The position of the last record that moved or passed over entries that others follow: without
  /// it these would stand elsewhere.
  private long passedOverAt;

  private long[] dropped = NOTHING_DROPPED;

  private long handled;
  private boolean behind;

  /// How many entries of the window left it before they were sent, and others before them did not.
  private int doneAhead;

  /// Entries before this sequence may have been sent, as the log knows it.
  private long sentMark;

  /// Entries before this sequence were sent, or may have been before a restart.
  private long sentUntil;

  /// A new queue, made by the record at `bornAt`.
  public Queue(int number, boolean durable, long bornAt, long sentMark, Arrivals arrivals) {
    this(number, durable, bornAt, bornAt, sentMark, arrivals);
  }

  private Queue(
      int number, boolean durable, long bornAt, long countsFrom, long sentMark, Arrivals arrivals) {
    this.bornAt = bornAt;
    this.number = number;
    this.durable = durable;
    this.countsFrom = countsFrom;
    this.sentMark = sentMark;
    this.windowMax = durable ? 0 : Integer.MAX_VALUE;
    this.arrivals = arrivals;
    arrivals.clear(number);
    openOrClose();
  }

  /// A queue as a snapshot has it, of which records count from `countsFrom` on.
  public static Queue of(int number, long countsFrom, QueueImage image, Arrivals arrivals) {
    Queue queue = new Queue(number, true, image.bornAt(), countsFrom, image.sentMark(), arrivals);
    Invariant.check(
        image.head() >= 0 && image.head() < SEQUENCE_MAX, "a sequence does not come to its end");
    Invariant.check(image.dropped().length <= DropCounters.COUNT, "counters are known");
    queue.ring.startAt(image.head());
    for (long entry : image.entries()) {
      Entry.check(entry);
      queue.ring.add(entry);
      if (Entry.state(entry) != State.DONE) {
        queue.waitingBesides++;
      }
    }
    queue.backlog(image.backlogFrom(), image.backlogCount());
    queue.waitingBesides += image.backlogCount();
    image.details().forEach(queue::add);
    for (CursorImage cursor : image.cursors()) {
      queue.cursorsBegun().begin(cursor.cursor());
      queue.cursorsBegun().add(cursor.from(), cursor.count());
      queue.waitingBesides += cursor.count();
    }
    Invariant.check(
        queue.waiting() >= 0 && queue.waiting() < SEQUENCE_MAX, "a queue holds what there can be");
    for (int counter = 0; counter < image.dropped().length; counter++) {
      queue.countDropped(counter, image.dropped()[counter]);
    }
    queue.acceptedBesides = image.accepted();
    queue.handled = image.handled();
    queue.windowMax = image.window();
    queue.openOrClose();
    queue.sentUntil = queue.ring.head();
    queue.countDoneAhead();
    return queue;
  }

  /// The queue as far as records say it.
  public QueueImage image() {
    long[] entries = new long[(int) (ring.tail() - ring.head())];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = Entry.recorded(ring.at(ring.head() + i));
    }
    return new QueueImage(
        bornAt,
        ring.head(),
        sentMark,
        entries,
        backlogFrom(),
        backlogCount(),
        new ArrayList<>(details.values()),
        dropped.clone(),
        cursors.map(Cursors::image).orElse(List.of()),
        accepted(),
        handled,
        windowMax);
  }

  /// Takes as long as what it has in memory: what waits there is counted anew.
  public QueueAccount account() {
    long[] present = new long[1];
    forEachInMemory(position -> present[0]++);
    present[0] += leftover().map(Leftover::count).orElse(0L);
    return new QueueAccount(
        accepted(),
        handled,
        present[0],
        dropped(DropCounters.EXPIRED),
        dropped(DropCounters.TOO_LARGE),
        dropped(DropCounters.REFUSED),
        dropped(DropCounters.SESSION_ENDED),
        dropped(DropCounters.RETURNED),
        dropped(DropCounters.DISPLACED),
        dropped(DropCounters.FULL));
  }

  /// While its consumer is away and nothing else is to be brought, a message changes nothing but
  /// the backlog.
  private void openOrClose() {
    if (durable && windowMax == 0 && cursors.isEmpty()) {
      arrivals.open(number, countsFrom);
    } else {
      arrivals.close(number);
    }
  }

  public int number() {
    return number;
  }

  public boolean isDurable() {
    return durable;
  }

  /// Records before this position are of an earlier owner of the number, or in this queue already.
  public long countsFrom() {
    return countsFrom;
  }

  /// The position of the record that made it: tells it from other owners of its number.
  public long bornAt() {
    return bornAt;
  }

  /// Whether a message that comes now has to wait behind others or for its consumer; only of
  /// interest for a transient queue.
  public boolean isBehind() {
    return behind || cursors.isPresent() || unsent() > 0 || spans();
  }

  /// Says whether the consumer takes no more at present.
  public void behind(boolean isBehind) {
    behind = isBehind;
  }

  /// Whether the next entry's packet identifier may still be that of the oldest.
  private boolean spans() {
    return tail() - ring.head() >= SPAN_MAX;
  }

  /// How many entries are not done.
  public long waiting() {
    return waitingBesides + arrivals.count(number);
  }

  /// How many entries it has had.
  private long accepted() {
    return acceptedBesides + arrivals.count(number);
  }

  /// How many entries of a shared queue nobody holds.
  public long unassigned() {
    long count = backlogCount();
    for (long sequence = ring.head(); sequence < ring.tail(); sequence++) {
      if (state(sequence) == State.WAITING) {
        count++;
      }
    }
    return count;
  }

  /// How many entries wait that were never sent.
  public long unsent() {
    long beforeCursor = tail() - Math.max(sentUntil, ring.head()) - doneAhead;
    return beforeCursor + cursors.map(Cursors::waiting).orElse(0L);
  }

  public long head() {
    return ring.head();
  }

  /// The sequence that the next entry will get, if none is behind a cursor.
  public long tail() {
    return ring.tail() + backlogCount();
  }

  /// Entries before this sequence are in the window, those from it on are backlog.
  public long windowEnd() {
    return ring.tail();
  }

  public boolean hasBacklog() {
    return backlogCount() > 0;
  }

  /// How many entries are backlog, without what waits behind cursors.
  public long backlogCount() {
    return backlogBesides + arrivals.count(number);
  }

  /// The backlog's messages lie at or behind this position.
  public long backlogFrom() {
    return arrivals.backlogFrom(number);
  }

  /// Its consumer may want so much in memory, or is away: then what nothing has happened to becomes
  /// backlog.
  public void window(int max) {
    windowMax = max;
    openOrClose();
    if (max > 0) {
      return;
    }
    long kept = ring.tail();
    while (kept > ring.head() && isUntouched(ring.at(kept - 1))) {
      kept--;
    }
    if (kept < ring.tail()) {
      arrivals.backlogFrom(number, position(kept));
      backlogBesides += ring.tail() - kept;
      ring.cut(kept);
    }
  }

  private static boolean isUntouched(long entry) {
    return Entry.state(entry) == State.WAITING && !Entry.isDetailed(entry);
  }

  /// The first entries of the backlog come into the window; the others lie at or behind
  /// `goesOnFrom`.
  public void load(long[] entries, long goesOnFrom) {
    Invariant.check(entries.length <= backlogCount(), "no more is loaded than the backlog has");
    for (long entry : entries) {
      Entry.check(entry);
      ring.add(entry);
    }
    backlogBesides -= entries.length;
    arrivals.backlogFrom(number, backlogCount() == 0 ? 0 : goesOnFrom);
  }

  /// The first `count` messages of the backlog make room for newer ones; the others lie at or
  /// behind `goesOnFrom`. They take no sequences with them. What lies in the window stays there:
  /// the backlog would not follow it any more.
  public void displace(long count, long goesOnFrom) {
    Invariant.check(
        count > 0 && count <= backlogCount(), "no more is displaced than the backlog has");
    if (ring.tail() > ring.head() && state(ring.tail() - 1) != State.DONE) {
      addGap(position(ring.tail() - 1));
    }
    backlogBesides -= count;
    waitingBesides -= count;
    countDropped(DropCounters.DISPLACED, count);
    arrivals.backlogFrom(number, backlogCount() == 0 ? 0 : goesOnFrom);
  }

  private void addGap(long position) {
    long sequence = ring.add(Entry.in(State.DONE, Entry.of(position, QoS.AT_MOST_ONCE, false)));
    doneAhead += sequence >= sentUntil ? 1 : 0;
  }

  private void backlog(long from, long count) {
    Invariant.check(count >= 0 && from >= 0, "a backlog lies somewhere");
    if (count > 0) {
      if (backlogCount() == 0) {
        arrivals.backlogFrom(number, from);
      }
      backlogBesides += count;
    }
  }

  /// All that the index has to find for it, what waits behind cursors included, with no `until`
  /// yet; absent where it is nothing.
  public Optional<Leftover> leftover() {
    long[] found = {backlogFrom(), backlogCount()};
    cursors.ifPresent(all ->
        all.backlogTo(
            new Cursors.Out() {
              @Override
              public void entry(long entry, SubscriptionIdentifiers own) {
                throw new IllegalStateException("broken invariant: a durable queue has backlog");
              }

              @Override
              public void backlog(long from, long count) {
                if (count > 0) {
                  found[0] = found[1] == 0 ? from : found[0];
                  found[1] += count;
                }
              }
            }));
    return found[1] == 0
        ? Optional.empty()
        : Optional.of(new Leftover(number, bornAt, found[0], Long.MAX_VALUE, found[1]));
  }

  public long sentMark() {
    return sentMark;
  }

  /// Entries before `until` may be sent from now on.
  public void raiseSentMark(long until) {
    sentMark = Math.max(sentMark, until);
  }

  /// The consumer is gone: what lies behind `until` was not sent, whatever it might have been.
  public void settleSentMark(long until) {
    sentMark = until;
  }

  public long sentUntil() {
    return sentUntil;
  }

  public void sent(long sequence) {
    for (; sentUntil <= sequence; sentUntil++) {
      doneAhead -= doneAhead > 0 && holds(sentUntil) && state(sentUntil) == State.DONE ? 1 : 0;
    }
  }

  /// After a restart all that may have been sent counts as sent.
  public void assumeSent() {
    sentUntil = Math.max(sentUntil, Math.min(sentMark, tail()));
    countDoneAhead();
  }

  private void countDoneAhead() {
    doneAhead = 0;
    for (long sequence = Math.max(sentUntil, ring.head()); sequence < ring.tail(); sequence++) {
      doneAhead += state(sequence) == State.DONE ? 1 : 0;
    }
  }

  public void enqueue(long position, QoS qos, boolean retain) {
    enqueue(Entry.of(position, qos, retain), SubscriptionIdentifiers.NONE);
  }

  private void enqueue(long entry, SubscriptionIdentifiers own) {
    acceptedBesides++;
    waitingBesides++;
    if (cursors.isPresent()) {
      cursors.get().add(entry, own);
    } else {
      add(entry, own);
    }
  }

  private void add(long entry, SubscriptionIdentifiers own) {
    if (backlogCount() == 0 && ring.tail() - ring.head() < windowMax) {
      addToRing(entry, own);
    } else {
      backlog(Entry.position(entry), 1);
    }
  }

  private void addToRing(long entry, SubscriptionIdentifiers own) {
    if (own.count() > 0) {
      if (identifiers.isEmpty()) {
        identifiers = new HashMap<>();
      }
      identifiers.put(ring.tail(), own);
    }
    ring.add(entry);
  }

  /// Enqueues a message for a transient session: what its record does not say is kept here.
  public void enqueueTransient(
      long position, QoS qos, boolean retain, SubscriptionIdentifiers own) {
    enqueue(Entry.of(position, qos, retain), own);
  }

  /// The identifiers of the subscriptions by which a transient session wants the message.
  public SubscriptionIdentifiers identifiers(long sequence) {
    return identifiers.isEmpty()
        ? SubscriptionIdentifiers.NONE
        : identifiers.getOrDefault(sequence, SubscriptionIdentifiers.NONE);
  }

  /// Enqueues retained messages, by a record at `knownSince`, long after the messages: before what
  /// waits behind a cursor, since it is the cursor that brings them.
  public void enqueueRetained(long[] positions, QoS maximumQoS, long knownSince, int identifier) {
    if (positions.length == 0) {
      return;
    }
    Invariant.check(backlogCount() == 0, "nothing overtakes the backlog");
    add(new Detail(ring.tail(), positions.length, knownSince, identifier, 0, 0));
    acceptedBesides += positions.length;
    for (long position : positions) {
      waitingBesides++;
      ring.add(Entry.detailed(Entry.of(position, maximumQoS, true)));
    }
  }

  /// Enqueues an entry of the shared queue that `from` names, by a record at `knownSince`.
  public void enqueueAssigned(
      long position, QoS qos, boolean retain, SharedAssigned from, long sequence, long knownSince) {
    Invariant.check(
        cursors.isEmpty() && backlogCount() == 0, "nothing overtakes a cursor or the backlog");
    add(new Detail(ring.tail(), 1, knownSince, from.identifier(), from.sharedQueue(), sequence));
    acceptedBesides++;
    waitingBesides++;
    ring.add(Entry.detailed(Entry.of(position, qos, retain)));
  }

  /// The cursor that brings retained messages now, if there is one.
  public Optional<Cursor> cursor() {
    return cursors.map(Cursors::first);
  }

  public boolean hasCursor() {
    return cursors.isPresent();
  }

  /// A cursor is begun, by the record at `position`.
  public void begin(Cursor cursor, long position) {
    endCursor(cursor.filter(), position);
    cursorsBegun().begin(cursor);
  }

  private Cursors cursorsBegun() {
    if (cursors.isEmpty()) {
      cursors = Optional.of(new Cursors(durable));
      openOrClose();
    }
    return cursors.get();
  }

  /// Enqueues what the cursor brought, by the record at `knownSince`.
  ///
  /// @param goesOnAfter absent where it is done
  public void brought(long[] positions, Optional<String> goesOnAfter, long knownSince) {
    Cursors all =
        cursors.orElseThrow(() ->
            new IllegalStateException("broken invariant: a cursor is begun before it brings"));
    Cursor cursor = all.first();
    enqueueRetained(positions, cursor.maximumQoS(), knownSince, cursor.identifier());
    if (goesOnAfter.isPresent()) {
      all.goesOnAfter(goesOnAfter.get());
    } else {
      endCursor(cursor.filter(), knownSince);
    }
  }

  /// The cursor of `filter` brings nothing more, by the record at `position`.
  public void endCursor(String filter, long position) {
    if (cursors.isPresent()) {
      cursors.get().end(filter, new Ended());
      passedOver(position);
      if (cursors.get().isEmpty()) {
        cursors = Optional.empty();
        openOrClose();
      }
    }
  }

  /// What waited behind a cursor is in the queue itself.
  private final class Ended implements Cursors.Out {
    @Override
    public void entry(long entry, SubscriptionIdentifiers own) {
      addToRing(entry, own);
    }

    @Override
    public void backlog(long from, long count) {
      Queue.this.backlog(from, count);
    }
  }

  private void add(Detail detail) {
    if (details.isEmpty()) {
      details = new TreeMap<>();
    }
    details.put(detail.sequence(), detail);
  }

  public boolean holds(long sequence) {
    return sequence >= ring.head() && sequence < ring.tail();
  }

  public long position(long sequence) {
    return Entry.position(ring.at(sequence));
  }

  public QoS qos(long sequence) {
    return Entry.qos(ring.at(sequence));
  }

  public boolean isRetained(long sequence) {
    return Entry.isRetained(ring.at(sequence));
  }

  public State state(long sequence) {
    return Entry.state(ring.at(sequence));
  }

  public Optional<Detail> detail(long sequence) {
    if (!Entry.isDetailed(ring.at(sequence))) {
      return Optional.empty();
    }
    Map.Entry<Long, Detail> at = details.floorEntry(sequence);
    Invariant.check(
        at != null && sequence - at.getKey() < at.getValue().count(),
        "a detailed entry has its detail");
    return at == null ? Optional.empty() : Optional.of(at.getValue());
  }

  /// All details, in the order of the entries; some of those may be done.
  public Collection<Detail> details() {
    return details.values();
  }

  /// The position of the record that made the entry: until that is durable, nobody may see it.
  public long knownSince(long sequence) {
    long entry = ring.at(sequence);
    return Entry.isDetailed(entry)
        ? detail(sequence).map(Detail::knownSince).orElse(0L)
        : Entry.position(entry);
  }

  /// The record at `position` took entries away that would come back, and first, if it was lost.
  public void passedOver(long position) {
    passedOverAt = position;
  }

  /// The position of the last such record: until that is durable, nobody may see what follows.
  public long passedOverAt() {
    return passedOverAt;
  }

  /// The positions of all messages whose entries are not done, but for the backlog.
  public void forEachInMemory(LongConsumer each) {
    for (long sequence = ring.head(); sequence < ring.tail(); sequence++) {
      if (state(sequence) != State.DONE) {
        each.accept(position(sequence));
      }
    }
    cursors.ifPresent(all -> all.forEachEntry(entry -> each.accept(Entry.position(entry))));
  }

  /// Whether the consumer's answer is known, though no record says so yet.
  public boolean isAnswered(long sequence) {
    return Entry.isAnswered(ring.at(sequence));
  }

  public void answered(long sequence) {
    ring.set(sequence, Entry.answered(ring.at(sequence)));
  }

  public void become(long sequence, State state) {
    long entry = ring.at(sequence);
    if (Entry.state(entry) == State.DONE) {
      return;
    }
    ring.set(sequence, Entry.in(state, entry));
    if (state == State.DONE) {
      waitingBesides--;
      doneAhead += sequence >= sentUntil ? 1 : 0;
      if (!identifiers.isEmpty()) {
        identifiers.remove(sequence);
      }
      while (ring.head() < ring.tail() && state(ring.head()) == State.DONE) {
        doneAhead -= ring.head() >= sentUntil ? 1 : 0;
        ring.removeFirst();
      }
      while (!details.isEmpty() && isPast(details.firstEntry().getValue())) {
        details.pollFirstEntry();
      }
    }
  }

  private boolean isPast(Detail detail) {
    return detail.sequence() + detail.count() <= ring.head();
  }

  /// The entry is assigned to a transient member, of which nothing is known after a restart.
  public void lend(long sequence) {
    become(sequence, State.ASSIGNED);
    ring.set(sequence, Entry.lent(ring.at(sequence)));
  }

  /// An entry has left since its consumer acknowledged it; at QoS 0, since it was sent.
  public void countHandled() {
    handled++;
  }

  public void countDropped(int counter, long count) {
    if (count == 0) {
      return;
    }
    if (dropped.length == 0) {
      dropped = new long[DropCounters.COUNT];
    }
    dropped[counter] += count;
  }

  public long dropped(int counter) {
    return counter < dropped.length ? dropped[counter] : 0;
  }

  /// The packet identifier of a private queue's entry.
  public static int packetIdOf(long sequence) {
    return 1 + (int) (sequence % SPAN_MAX);
  }

  /// The sequence that has `packetId` in the window that starts at the oldest entry.
  public long sequenceOf(int packetId) {
    long distance = Math.floorMod(packetId - 1 - ring.head(), (long) SPAN_MAX);
    return ring.head() + distance;
  }

  /// Where an entry stands.
  public enum State {
    WAITING(0),
    /// Its PUBREC came: from now on only PUBREL is sent for it.
    RECEIVED(1),
    DONE(2),
    /// In a shared queue: a member's queue holds it.
    ASSIGNED(3);

    private static final State[] BY_BITS = values();

    private final int bits;

    State(int bits) {
      this.bits = bits;
    }

    int bits() {
      return bits;
    }

    static State of(int bits) {
      return BY_BITS[bits];
    }
  }
}
