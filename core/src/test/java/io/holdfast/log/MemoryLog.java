package io.holdfast.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;

/// A log in memory whose durable position moves only when told to, so that a test decides what a
/// crash leaves.
///
/// It lends what it shows exactly as long as the interface promises: the memory of a record that
/// was read is overwritten by the next call.
public final class MemoryLog implements Log {
  /// A record as it lies in the log.
  public record Appended(long position, int key, byte[] bytes) {}

  private static final byte STALE = 0x55;

  private final TreeMap<Long, Appended> records = new TreeMap<>();
  private final TreeSet<Long> fetched = new TreeSet<>();
  private final TreeSet<Long> asked = new TreeSet<>();
  private final List<Runnable> searches = new ArrayList<>();
  private final List<Integer> discarded = new ArrayList<>();
  private final IntUnaryOperator growth;
  private final long segmentLength;
  private ByteBuffer lent = ByteBuffer.allocate(0);
  private long end;
  private long durable;

  /// What recovery will trust to be durable: what a batch said that is durable itself.
  private long trusted;

  private long said;
  private long saidBehind;
  private long evictedBefore;
  private int oldestSegment;
  private Grant grant = Grant.GRANTED;
  private Space space = new Space(0, 100 << 20);
  private Consumer<Appended> listener = record -> {};

  /// @param start the position of the first record
  /// @param segmentLength how many positions a segment has
  /// @param growth how far a record of so many bytes moves the end
  public MemoryLog(long start, long segmentLength, IntUnaryOperator growth) {
    this.end = start;
    this.durable = start;
    this.trusted = start;
    this.said = start;
    this.saidBehind = start;
    this.segmentLength = segmentLength;
    this.growth = growth;
  }

  @Override
  public long append(int key, RecordBody body) {
    takeBack();
    ByteBuffer bytes = ByteBuffer.allocate(body.length());
    body.writeTo(bytes);
    if (bytes.hasRemaining()) {
      throw new IllegalStateException("a record's body writes as many bytes as it says");
    }
    long position = end;
    Appended record = new Appended(position, key, bytes.array());
    records.put(position, record);
    end += growth.applyAsInt(bytes.capacity());
    listener.accept(record);
    return position;
  }

  /// What the log says from now on to what can be refused, and how full it is, in percent.
  public void grants(Grant said, int percentFull) {
    grant = said;
    space = new Space((long) percentFull << 20, (long) (100 - percentFull) << 20);
  }

  @Override
  public Grant grant(int bytes) {
    return grant;
  }

  @Override
  public Space space() {
    return space;
  }

  @Override
  public long end() {
    takeBack();
    return end;
  }

  @Override
  public long durable() {
    takeBack();
    return durable;
  }

  @Override
  public long settled() {
    takeBack();
    return trusted;
  }

  @Override
  public boolean read(long position, RecordView view) {
    takeBack();
    if (position < evictedBefore && !fetched.contains(position)) {
      asked.add(position);
      return false;
    }
    Appended record = records.get(position);
    if (record == null) {
      throw new IllegalStateException("nothing lies at " + position + " any more");
    }
    lend(record, view);
    return true;
  }

  /// Shows `record` until the next call.
  public void lend(Appended record, RecordView view) {
    takeBack();
    int offset = 3;
    lent = ByteBuffer.allocate(offset + record.bytes.length + 2);
    lent.put(offset, record.bytes);
    view.show(lent, offset, record.bytes.length);
  }

  private void takeBack() {
    for (int i = 0; i < lent.capacity(); i++) {
      lent.put(i, STALE);
    }
    lent = ByteBuffer.allocate(0);
  }

  @Override
  public void find(int[] keys, long from, int max, Consumer<Found> then) {
    takeBack();
    searches.add(() -> then.accept(found(keys, from, max)));
  }

  private Found found(int[] keys, long from, int max) {
    List<Appended> matching =
        records.tailMap(from).values().stream()
            .filter(record -> Arrays.binarySearch(keys, record.key) >= 0)
            .limit(max)
            .toList();
    short[] tags = new short[matching.size()];
    for (int i = 0; i < tags.length; i++) {
      byte[] bytes = matching.get(i).bytes;
      tags[i] = bytes.length < 3 ? 0 : ByteBuffer.wrap(bytes).getShort(1);
    }
    return new Found(
        matching.stream().mapToLong(Appended::position).toArray(),
        matching.stream().mapToInt(Appended::key).toArray(),
        tags,
        tags.length == max ? matching.getLast().position() + 1 : end);
  }

  /// Answers what was looked for. False where nothing was.
  public boolean answer() {
    List<Runnable> answered = List.copyOf(searches);
    searches.clear();
    answered.forEach(Runnable::run);
    return !answered.isEmpty();
  }

  @Override
  public int segmentOf(long position) {
    takeBack();
    return (int) (position / segmentLength);
  }

  @Override
  public long segmentEnd(int segment) {
    takeBack();
    return Math.min(end, (segment + 1) * segmentLength);
  }

  @Override
  public int oldestSegment() {
    takeBack();
    return oldestSegment;
  }

  @Override
  public boolean holdsSegment(int segment) {
    takeBack();
    return segment >= oldestSegment
        && segment <= end / segmentLength
        && !discarded.contains(segment);
  }

  @Override
  public void discard(int segment) {
    takeBack();
    if (discarded.contains(segment)) {
      throw new IllegalStateException("segment " + segment + " is discarded once");
    }
    discarded.add(segment);
    records.subMap(segment * segmentLength, (segment + 1) * segmentLength).clear();
    while (discarded.contains(oldestSegment)) {
      oldestSegment++;
    }
  }

  // What a test does with it

  /// `told` hears of every record that is appended, before its appender does.
  public void listener(Consumer<Appended> told) {
    listener = told;
  }

  /// All records before `position` are safe from now on.
  public void durable(long position) {
    if (position < durable || position > end) {
      throw new IllegalArgumentException(
          "durable goes from " + durable + " to " + end + " at most");
    }
    durable = position;
    if (durable > saidBehind) {
      trusted = said;
      said = durable;
      saidBehind = end;
    }
  }

  /// The next record lies in a segment of its own.
  public void nextSegment() {
    end = (end / segmentLength + 1) * segmentLength;
  }

  /// What was appended so far has to be asked for from now on.
  public void evict() {
    evictedBefore = end;
    fetched.clear();
  }

  /// What was asked for is there. False where nothing was.
  public boolean fetch() {
    boolean any = fetched.addAll(asked);
    asked.clear();
    return any;
  }

  public List<Integer> discarded() {
    return discarded;
  }

  /// The records from `from` (inclusive) on, in order.
  public List<Appended> recordsFrom(long from) {
    return List.copyOf(records.tailMap(from).values());
  }

  /// What a crash leaves: the records that are durable. Those that no batch on disk says to be so
  /// are written anew, far behind.
  ///
  /// @param keptBeyond how many records survive that were not durable
  /// @param snapshotNewest the newest part of a snapshot in place: durable for sure
  /// @param moved is filled with the old positions of what was written anew, by the new ones
  public MemoryLog afterCrash(int keptBeyond, long snapshotNewest, Map<Long, Long> moved) {
    MemoryLog next = new MemoryLog(jump(end), segmentLength, growth);
    long trustedNow = Math.max(trusted, snapshotNewest);
    next.records.putAll(records.headMap(trustedNow));
    next.oldestSegment = oldestSegment;
    next.discarded.addAll(discarded);
    Stream.concat(
            records.subMap(trustedNow, Math.max(trustedNow, durable)).values().stream(),
            records.tailMap(Math.max(trustedNow, durable)).values().stream().limit(keptBeyond))
        .forEach(record -> {
          moved.put(next.end, record.position);
          next.records.put(next.end, new Appended(next.end, record.key, record.bytes));
          next.end += growth.applyAsInt(record.bytes.length);
        });
    next.durable = next.end;
    next.trusted = next.end;
    next.said = next.end;
    next.saidBehind = next.end;
    return next;
  }

  private static long jump(long end) {
    return (end / 100 + 1) * 100;
  }
}
