package io.holdfast.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.log.disk.CrashDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;

/// Drives a log on a disk that forgets, with the smallest state there is: a list of numbers, each a
/// record. Checks that nothing durable is lost and nothing is made up.
@NullUnmarked // a missing value fails the test anyway
final class LogHarness implements Consumer<LogTask>, LogListener, RecoveryHandler {
  static final LogOptions SMALL = small(0);
  private static final int GROUPS = 3;

  /// So many keys there are, and 0 for none.
  private static final int KEYS = 7;

  final Random random;
  final CrashDisk disk;

  /// All numbers in the order of their appending, with where each lies, as the log told.
  final LinkedHashMap<Integer, Long> positions = new LinkedHashMap<>();

  /// Numbers that the log called durable.
  private int confirmed;

  private final List<Integer> recovered = new ArrayList<>();
  private final LinkedHashMap<Integer, Long> recoveredPositions = new LinkedHashMap<>();
  private final long[] countsFrom = new long[GROUPS];
  private final Map<Long, Long> moved = new LinkedHashMap<>();
  private final Map<LogTask.Lane, ArrayDeque<LogTask>> lanes = new LinkedHashMap<>();
  private int nextNumber;

  /// Numbers whose segments were let go.
  private final Set<Integer> gone = new HashSet<>();

  private int largestBytes = 90_000;
  SegmentedLog log;
  Snapshots snapshots;
  RecoveryReport report;
  IOException failure;
  private int snapshotGroup = -1;
  private int readables;
  int rooms;
  private long progressBytes;
  private long progressOfBytes;
  private boolean expectsDamage;
  private long damagedAt;

  LogHarness(long seed) {
    this.random = new Random(seed);
    this.disk = new CrashDisk(random);
  }

  // The log's side

  @Override
  public void accept(LogTask task) {
    lanes.computeIfAbsent(task.lane(), unused -> new ArrayDeque<>()).addLast(task);
  }

  @Override
  public void durable(long position) {
    assertEquals(log.durable(), position);
  }

  @Override
  public void room() {
    rooms++;
  }

  @Override
  public void readable() {
    readables++;
  }

  @Override
  public void failed(IOException why) {
    failure = why;
  }

  @Override
  public void damaged(long position, String file, String why) {
    assertTrue(expectsDamage, () -> "damage at " + position + " of " + file + ": " + why);
    damagedAt = position;
  }

  /// Reads until the record `number` is told to be damaged.
  void checkDamaged(int number) {
    expectsDamage = true;
    damagedAt = -1;
    while (damagedAt < 0) {
      assertFalse(log.read(positions.get(number), new RecordView()));
      assertTrue(damagedAt >= 0 || runTask(LogTask.Lane.BACKGROUND), "damage is told");
    }
    assertEquals(positions.get(number), damagedAt);
  }

  @Override
  public void segment(long position) {}

  @Override
  public void snapshotPart(long position, RecordView part) {
    ByteBuffer buffer = part.buffer();
    int group = buffer.getInt(part.offset());
    countsFrom[group] = position;
    for (int at = 4; at < part.length(); at += 12) {
      int number = buffer.getInt(part.offset() + at);
      recovered.add(number);
      recoveredPositions.put(number, buffer.getLong(part.offset() + at + 4));
    }
  }

  @Override
  public void record(long oldPosition, long position, int key, RecordView record) {
    int number = record.buffer().getInt(record.offset());
    assertEquals(keyOf(number), key);
    assertEquals(lengthOf(number), record.length());
    if (oldPosition >= countsFrom[number % GROUPS]) {
      recovered.add(number);
      recoveredPositions.put(number, position);
    }
    if (oldPosition != position) {
      moved.put(oldPosition, position);
    }
  }

  @Override
  public void progress(long bytes, long ofBytes) {
    assertTrue(bytes >= progressBytes && bytes <= ofBytes, bytes + " of " + ofBytes);
    progressBytes = bytes;
    progressOfBytes = ofBytes;
  }

  // The user's side

  private static LogOptions small(long snapshotDueMillis) {
    return new LogOptions(
        16 << 10,
        64 << 10,
        16 << 10,
        16 << 10,
        48 << 10,
        0,
        96 << 10,
        snapshotDueMillis,
        SpaceLimit.NONE);
  }

  void open() throws IOException {
    open(0);
  }

  void open(long snapshotDueMillis) throws IOException {
    open(small(snapshotDueMillis));
  }

  void open(LogOptions options) throws IOException {
    recovered.clear();
    recoveredPositions.clear();
    moved.clear();
    lanes.clear();
    java.util.Arrays.fill(countsFrom, 0);
    snapshotGroup = -1;
    failure = null;
    progressBytes = 0;
    progressOfBytes = 0;
    Recovered opened = SegmentedLog.open(disk, options, this, this, this);
    log = opened.log();
    snapshots = opened.snapshots();
    report = opened.report();
    assertEquals(progressOfBytes, progressBytes, "all was read in the end");
    checkRecovered();
  }

  /// All that was durable is there; what was not may be, up to some point; nothing else is.
  private void checkRecovered() {
    List<Integer> appended = new ArrayList<>(positions.keySet());
    recovered.sort(Integer::compare);
    assertTrue(
        recovered.size() >= confirmed,
        "durable were " + confirmed + " records, recovered " + recovered.size());
    assertEquals(appended.subList(0, recovered.size()), recovered);
    positions.clear();
    for (int number : recovered) {
      positions.put(number, recoveredPositions.get(number));
    }
    confirmed = recovered.size();
    nextNumber = confirmed;
  }

  static int keyOf(int number) {
    return number % (KEYS + 1);
  }

  int lengthOf(int number) {
    return number % 97 == 96 ? largestBytes : 4 + number * 31 % 700;
  }

  /// No record is larger than so much.
  void largest(int bytes) {
    largestBytes = bytes;
  }

  void append() {
    int number = nextNumber++;
    RecordBody body =
        new RecordBody() {
          @Override
          public int length() {
            return lengthOf(number);
          }

          @Override
          public void writeTo(ByteBuffer target) {
            target.putInt(number);
            for (int i = 4; i < lengthOf(number); i++) {
              target.put((byte) number);
            }
          }
        };
    long end = log.end();
    long position = log.append(keyOf(number), body);
    assertTrue(position >= end, "positions grow");
    assertTrue(position < log.end(), "a record lies before the end");
    positions.put(number, position);
  }

  /// One step of one task, as the disk allows.
  boolean runTask(LogTask.Lane lane) {
    ArrayDeque<LogTask> tasks = lanes.getOrDefault(lane, new ArrayDeque<>());
    LogTask task = tasks.pollFirst();
    if (task == null) {
      return false;
    }
    try {
      task.run();
    } catch (IOException e) {
      task.failed(e);
      return true;
    }
    task.finished();
    confirmed();
    return true;
  }

  void runAll(LogTask.Lane lane) {
    boolean any = true;
    while (any) {
      any = runTask(lane);
    }
  }

  void confirmed() {
    int count = 0;
    for (long position : positions.values()) {
      count += position < log.durable() ? 1 : 0;
    }
    confirmed = Math.max(confirmed, count);
  }

  void settle() {
    log.flush();
    while (runTask(LogTask.Lane.COMMIT) || runTask(LogTask.Lane.BACKGROUND)) {
      log.flush();
    }
  }

  /// A part of a snapshot, or the beginning or end of one.
  void snapshotStep() {
    if (snapshotGroup < 0) {
      if (!snapshots.isUnderWay() && (snapshots.isDue() || snapshots.lacksSpace())) {
        snapshots.begin(log.end());
        snapshotGroup = 0;
      }
      return;
    }
    if (!snapshots.isUnderWay()) {
      snapshotGroup = -1;
      return;
    }
    if (snapshotGroup == GROUPS) {
      snapshots.complete();
      snapshotGroup = -1;
    } else if (snapshots.isWritable()) {
      snapshots.part(part(snapshotGroup++));
    }
  }

  private RecordBody part(int group) {
    List<Integer> numbers = positions.keySet().stream().filter(n -> n % GROUPS == group).toList();
    return new RecordBody() {
      @Override
      public int length() {
        return 4 + 12 * numbers.size();
      }

      @Override
      public void writeTo(ByteBuffer target) {
        target.putInt(group);
        numbers.forEach(number -> target.putInt(number).putLong(positions.get(number)));
      }
    };
  }

  /// Lets go of the segments that recovery does not need, but for those that hold a number that
  /// `wanted` names.
  void discardUnwanted(java.util.function.IntPredicate wanted) {
    int newest = log.segmentOf(Math.max(0, log.end() - 1));
    Set<Integer> keep = new HashSet<>();
    positions.forEach((number, position) -> {
      if (wanted.test(number)) {
        keep.add(log.segmentOf(position));
      }
    });
    for (int segment = log.oldestSegment(); segment < newest; segment++) {
      if (log.holdsSegment(segment)
          && !keep.contains(segment)
          && log.segmentEnd(segment) <= snapshots.stateNeededFrom()) {
        int discarded = segment;
        positions.forEach((number, position) -> {
          if (!gone.contains(number) && log.segmentOf(position) == discarded) {
            gone.add(number);
          }
        });
        log.discard(segment);
      }
    }
  }

  /// Reads the record `number`, as long as that takes, and compares it.
  void checkReadable(int number) {
    RecordView view = new RecordView();
    while (!log.read(positions.get(number), view)) {
      int before = readables;
      assertTrue(runTask(LogTask.Lane.BACKGROUND), "something is read");
      assertTrue(readables >= before);
      if (failure != null) {
        return;
      }
    }
    assertEquals(lengthOf(number), view.length());
    assertEquals(number, view.buffer().getInt(view.offset()));
    for (int i = 4; i < view.length(); i++) {
      assertEquals((byte) number, view.buffer().get(view.offset() + i));
    }
  }

  /// Looks for every key alone and for several at once, from everywhere.
  void checkFound() {
    for (int key = 1; key <= KEYS; key++) {
      checkFound(new int[] {key}, 0);
    }
    checkFound(new int[] {1, 3, 6}, 0);
    long anywhere = log.oldestSegment() + random.nextLong(Math.max(1, log.end()));
    checkFound(new int[] {2, 5, 7, 900}, anywhere);
  }

  /// Looks for all keys at once, and for many that nothing has.
  void checkFoundAmong(int others) {
    int[] keys = new int[others + KEYS];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = i < others ? i - others : i - others + 1;
    }
    checkFound(keys, 0);
  }

  /// All that are kept are found, once each and in their order, and nothing that there never was.
  private void checkFound(int[] keys, long from) {
    List<Long> found = new ArrayList<>();
    long until = from;
    while (until < log.end()) {
      Found some = find(keys, until);
      if (failure != null) {
        return;
      }
      assertTrue(some.until() > until, "a search goes on");
      for (int i = 0; i < some.count(); i++) {
        found.add(some.positions()[i]);
      }
      until = some.until();
    }
    List<Long> must = new ArrayList<>();
    Set<Long> may = new HashSet<>();
    positions.forEach((number, position) -> {
      if (position >= from && java.util.Arrays.binarySearch(keys, keyOf(number)) >= 0) {
        may.add(position);
        if (!gone.contains(number)) {
          must.add(position);
        }
      }
    });
    assertEquals(found.stream().sorted().distinct().toList(), found);
    assertTrue(found.containsAll(must), () -> "found " + found + ", not all of " + must);
    assertTrue(may.containsAll(found), () -> "found " + found + ", beyond " + may);
  }

  private Found find(int[] keys, long from) {
    List<Found> answers = new ArrayList<>();
    log.find(keys, from, 5, answers::add);
    while (answers.isEmpty() && failure == null) {
      assertTrue(runTask(LogTask.Lane.BACKGROUND), "a search is answered");
    }
    return failure == null ? answers.getFirst() : null;
  }

  /// A search for the first key finds that its segment is damaged, and is never answered.
  void checkSearchIsDamaged() {
    checkSearchIsDamaged(0);
  }

  /// The same from the position `from` on.
  void checkSearchIsDamaged(long from) {
    expectsDamage = true;
    damagedAt = -1;
    searchOn(from);
    while (damagedAt < 0) {
      assertTrue(runTask(LogTask.Lane.BACKGROUND), "damage is told");
    }
  }

  private void searchOn(long from) {
    log.find(
        new int[] {1},
        from,
        1_000,
        found -> {
          assertTrue(found.until() > from, "what is sound before the damage comes first");
          assertTrue(found.until() < log.end(), () -> "found " + found);
          searchOn(found.until());
        });
  }

  int count() {
    return positions.size();
  }

  int confirmedCount() {
    return confirmed;
  }
}
