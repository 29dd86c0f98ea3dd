package io.holdfast.core.queue;

import io.holdfast.core.Invariant;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.QueueImage;
import io.holdfast.protocol.packet.QoS;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Messages waiting for one session, or for the members of a shared subscription.
///
/// Each entry has a sequence, fixed when it is enqueued: its packet identifier in a private queue
/// follows from it (`packetIdOf`). An entry goes from waiting to done; at QoS 2 it is received in
/// between; in a shared queue it is assigned while a member's queue holds it. Done entries leave
/// when all before them are done.
///
/// An entry at position 0 has no message in the log: it was handed to a transient session on
/// arrival, and only its acknowledgement is awaited.
public final class Queue {
  /// The window never spans more sequences than there are packet identifiers for private queues.
  public static final int SPAN_MAX = 32767;

  private static final int QOS = 0b11;
  private static final int STATE = 0b1100;
  private static final int STATE_SHIFT = 2;
  private static final int RETAIN = 0b1_0000;
  private static final int DETAILED = 0b10_0000;
  private static final int ANSWERED = 0b100_0000;

  private final int number;
  private final boolean durable;
  private final long bornAt;
  private final long countsFrom;
  private final EntryRing ring = new EntryRing();
  private final Map<Long, Detail> details = new LinkedHashMap<>(4);
  private final long[] dropped = new long[DropCounters.COUNT];
  private long waiting;
  private boolean behind;

  /// Entries before this sequence may have been sent, as the log knows it.
  private long sentMark;

  /// Entries before this sequence were sent, or may have been before a restart.
  private long sentUntil;

  /// A new queue, made by the record at `bornAt`.
  public Queue(int number, boolean durable, long bornAt, long sentMark) {
    this(number, durable, bornAt, bornAt, sentMark);
  }

  private Queue(int number, boolean durable, long bornAt, long countsFrom, long sentMark) {
    this.bornAt = bornAt;
    this.number = number;
    this.durable = durable;
    this.countsFrom = countsFrom;
    this.sentMark = sentMark;
  }

  /// A queue as a snapshot has it, of which records count from `countsFrom` on.
  public static Queue of(int number, long countsFrom, QueueImage image) {
    Queue queue = new Queue(number, true, image.bornAt(), countsFrom, image.sentMark());
    queue.ring.startAt(image.head());
    for (long entry : image.entries()) {
      queue.ring.add(entry);
      if (stateOf(entry) != State.DONE) {
        queue.waiting++;
      }
    }
    for (Detail detail : image.details()) {
      queue.details.put(detail.sequence(), detail);
    }
    System.arraycopy(image.dropped(), 0, queue.dropped, 0, image.dropped().length);
    queue.sentUntil = queue.ring.head();
    return queue;
  }

  public QueueImage image() {
    long[] entries = new long[(int) (ring.tail() - ring.head())];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = ring.at(ring.head() + i) & ~ANSWERED;
    }
    return new QueueImage(
        bornAt, ring.head(), sentMark, entries, new ArrayList<>(details.values()), dropped.clone());
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
    return behind || unsent() > 0;
  }

  /// Says whether the consumer takes no more at present.
  public void behind(boolean isBehind) {
    behind = isBehind;
  }

  /// How many entries are not done.
  public long waiting() {
    return waiting;
  }

  /// How many entries were never sent.
  public long unsent() {
    return ring.tail() - Math.max(sentUntil, ring.head());
  }

  public long head() {
    return ring.head();
  }

  public long tail() {
    return ring.tail();
  }

  public long sentMark() {
    return sentMark;
  }

  public void raiseSentMark(long until) {
    sentMark = Math.max(sentMark, until);
  }

  public long sentUntil() {
    return sentUntil;
  }

  public void sent(long sequence) {
    sentUntil = Math.max(sentUntil, sequence + 1);
  }

  /// After a restart all that may have been sent counts as sent.
  public void assumeSent() {
    sentUntil = Math.max(sentUntil, Math.min(sentMark, ring.tail()));
  }

  public long enqueue(long position, QoS qos, boolean retain) {
    waiting++;
    return ring.add(position << 8 | qos.level() | (retain ? RETAIN : 0));
  }

  /// Enqueues an entry that came to be at `knownSince`, long after its message.
  public long enqueue(
      long position,
      QoS qos,
      boolean retain,
      long knownSince,
      int identifier,
      int sharedQueue,
      long sharedSequence) {
    waiting++;
    long sequence = ring.add(position << 8 | qos.level() | (retain ? RETAIN : 0) | DETAILED);
    details.put(
        sequence, new Detail(sequence, knownSince, identifier, sharedQueue, sharedSequence));
    return sequence;
  }

  public boolean holds(long sequence) {
    return sequence >= ring.head() && sequence < ring.tail();
  }

  public long position(long sequence) {
    return ring.at(sequence) >>> 8;
  }

  public QoS qos(long sequence) {
    return QoS.of((int) ring.at(sequence) & QOS);
  }

  public boolean isRetained(long sequence) {
    return (ring.at(sequence) & RETAIN) != 0;
  }

  public State state(long sequence) {
    return stateOf(ring.at(sequence));
  }

  private static State stateOf(long entry) {
    return State.of((int) (entry & STATE) >> STATE_SHIFT);
  }

  public Optional<Detail> detail(long sequence) {
    return (ring.at(sequence) & DETAILED) == 0
        ? Optional.empty()
        : Optional.ofNullable(details.get(sequence));
  }

  /// The position of the record that made the entry: until that is durable, nobody may see it.
  public long knownSince(long sequence) {
    long entry = ring.at(sequence);
    if ((entry & DETAILED) == 0) {
      return entry >>> 8;
    }
    Detail detail = details.get(sequence);
    Invariant.check(detail != null, "a detailed entry has its detail");
    return detail == null ? 0 : detail.knownSince();
  }

  /// Whether the consumer's answer is known, though no record says so yet.
  public boolean isAnswered(long sequence) {
    return (ring.at(sequence) & ANSWERED) != 0;
  }

  public void answered(long sequence) {
    ring.set(sequence, ring.at(sequence) | ANSWERED);
  }

  public void become(long sequence, State state) {
    long entry = ring.at(sequence);
    if (stateOf(entry) == State.DONE) {
      return;
    }
    ring.set(sequence, (entry & ~STATE & ~ANSWERED) | ((long) state.bits() << STATE_SHIFT));
    if (state == State.DONE) {
      waiting--;
      details.remove(sequence);
      while (ring.head() < ring.tail() && state(ring.head()) == State.DONE) {
        ring.removeFirst();
      }
    }
  }

  public void countDropped(int counter, long count) {
    dropped[counter] += count;
  }

  public long dropped(int counter) {
    return dropped[counter];
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
