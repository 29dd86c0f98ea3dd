package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a disk holds of a log, found and judged, with nothing changed: its whole snapshots, the
/// segments of runs that are in force, and where the last one ends.
///
/// A run is in force once a batch says that it was opened.
final class LogContents implements AutoCloseable {
  private final Disk disk;
  private final List<Found> inForce = new ArrayList<>();

  /// Segments that a later run cut off whole, and a power cut has torn since.
  private final List<Integer> torn = new ArrayList<>();

  private final List<SnapshotFile> snapshots = new ArrayList<>();
  private final Map<Integer, Long> indexed = new HashMap<>();
  private Optional<String> cut = Optional.empty();
  private int highestRun;
  private long highestPosition;
  private long durable;
  private long lastMillis;

  private LogContents(Disk disk) {
    this.disk = disk;
  }

  /// A segment's file, and its first batch.
  record Found(int number, DiskFile file, BatchHeader first) {
    Found {
      Invariant.check(first.segment() == number, "a batch lies in the segment that it names");
    }
  }

  /// Looks at all that is there. The segments' files are open from here on.
  ///
  /// @throws DamagedLogException where something that was durable cannot be read
  static LogContents find(Disk disk) throws IOException {
    LogContents contents = new LogContents(disk);
    boolean isFound = false;
    try {
      contents.findSnapshots();
      contents.findIndexes();
      contents.findSegments();
      contents.checkOrder();
      if (!contents.inForce.isEmpty()) {
        contents.judgeEnd(contents.inForce.getLast());
      }
      isFound = true;
      return contents;
    } finally {
      if (!isFound) {
        contents.close();
      }
    }
  }

  /// In their order.
  List<Found> segments() {
    return inForce;
  }

  List<Integer> torn() {
    return torn;
  }

  /// Oldest first. A power cut may have brought back one that is older than the two that are kept.
  List<SnapshotFile> snapshots() {
    return snapshots.subList(Math.max(0, snapshots.size() - SnapshotStore.KEPT), snapshots.size());
  }

  /// The numbers of the segments that have an index, which may be of no use, and how much it takes.
  Map<Integer, Long> indexed() {
    return indexed;
  }

  /// Where and why the log is cut.
  Optional<String> cut() {
    return cut;
  }

  int highestRun() {
    return highestRun;
  }

  long highestPosition() {
    return highestPosition;
  }

  /// The highest durable position that anything tells.
  long durable() {
    return durable;
  }

  /// The latest time that a batch of the last segment carried.
  long lastMillis() {
    return lastMillis;
  }

  @Override
  public void close() throws IOException {
    for (Found found : inForce) {
      found.file().close();
    }
  }

  // Snapshots

  private void findSnapshots() throws IOException {
    for (String name : disk.list()) {
      if (name.endsWith(SnapshotFile.SUFFIX)) {
        int number = numberOf(name, SnapshotFile.SUFFIX);
        SnapshotFile.Read read =
            SnapshotFile.read(disk, number, (position, buffer, offset, length) -> {});
        if (read.whole().isEmpty()) {
          throw new DamagedLogException(damagedSnapshot(name, read.until()));
        }
        SnapshotFile whole = read.whole().get();
        snapshots.add(whole);
        highestRun = Math.max(highestRun, whole.run());
        durable = Math.max(durable, whole.newest());
      }
    }
  }

  private String damagedSnapshot(String name, long offset) throws IOException {
    long snapshots =
        disk.list().stream().filter(other -> other.endsWith(SnapshotFile.SUFFIX)).count();
    return "%s in %s is damaged at offset %d: it was whole when it got its name. Restore it from a copy"
            .formatted(name, disk, offset)
        + (snapshots > 1
            ? ", or move it away to go on from the snapshot and the log before it"
            : "; there is no other");
  }

  private void findIndexes() throws IOException {
    for (String name : disk.list()) {
      if (name.endsWith(IndexFile.SUFFIX)) {
        int number = numberOf(name, IndexFile.SUFFIX);
        try (DiskFile file = disk.open(name)) {
          indexed.put(number, file.size());
        }
      }
    }
  }

  private static int numberOf(String name, String suffix) throws DamagedLogException {
    try {
      int number = Integer.parseInt(name.substring(0, name.length() - suffix.length()));
      if (number > 0
          && number < Integer.MAX_VALUE
          && name.equals("%010d".formatted(number) + suffix)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, in the same words as for a number that is written otherwise.
    }
    throw new DamagedLogException(
        "%s is no name that the log gives its files; move it away".formatted(name));
  }

  // Segments

  private void findSegments() throws IOException {
    List<Integer> blank = new ArrayList<>();
    for (String name : disk.list()) {
      if (!name.endsWith(".log")) {
        continue;
      }
      int number = numberOf(name, ".log");
      DiskFile file = disk.open(name);
      Optional<BatchHeader> first = SegmentReader.firstOf(file, number);
      if (first.isPresent()) {
        inForce.add(new Found(number, file, first.get()));
        highestRun = Math.max(highestRun, first.get().run());
        highestPosition = Math.max(highestPosition, first.get().position());
      } else {
        blank.add(number);
        file.close();
      }
    }
    while (!inForce.isEmpty() && !isOpened(inForce.getLast())) {
      inForce.removeLast().file().close();
    }
    for (int number : blank) {
      checkBlank(number);
    }
  }

  /// A file without a first batch was made ready and not used, or lost in a power cut what was not
  /// synced yet, or was hurt: then a snapshot names it, or a batch behind tells that the first one
  /// was synced, or that the segment goes on from where no later run has cut it.
  private void checkBlank(int number) throws IOException {
    if (segmentEnds().containsKey(number)) {
      throw new DamagedLogException(
          damage(Segment.fileName(number), "its first batch cannot be read"));
    }
    Optional<Found> next = inForce.stream().filter(found -> found.number() > number).findFirst();
    if (next.isEmpty()) {
      checkBehind(number, (header, first) -> header.durable() > first);
      return;
    }
    BatchHeader after = next.get().first();
    if (!after.startsRun() && after.segment() == number + 1) {
      throw new DamagedLogException(
          damage(Segment.fileName(number), "its first batch cannot be read"));
    }
    long limit = after.startsRun() ? after.cutAt() : after.position();
    if (checkBehind(number, (header, first) -> first < limit)) {
      torn.add(number);
    }
  }

  /// What a batch tells of the first one of its segment, which starts at `first`.
  private interface Witness {
    boolean saysThatTheFirstIsHurt(BatchHeader header, long first);
  }

  /// Whether a batch of the segment can be read behind the first one, which cannot.
  private boolean checkBehind(int number, Witness witness) throws IOException {
    boolean any = false;
    try (DiskFile file = disk.open(Segment.fileName(number))) {
      FileWindow window = new FileWindow(file);
      long size = file.size();
      for (long offset = Sector.BYTES; offset < size; offset += Sector.BYTES) {
        int at = window.load(offset, BatchHeader.BYTES);
        Optional<BatchHeader> header = BatchHeader.read(window.buffer(), at);
        if (header.isEmpty() || header.get().segment() != number) {
          continue;
        }
        any = true;
        if (witness.saysThatTheFirstIsHurt(header.get(), header.get().position() - offset)) {
          throw new DamagedLogException(
              damage(Segment.fileName(number), "its first batch cannot be read"));
        }
      }
    }
    return any;
  }

  private static boolean isOpened(Found found) throws IOException {
    if (found.first().isOpened()) {
      return true;
    }
    SegmentReader reader = new SegmentReader(found.file(), found.first());
    for (Optional<SegmentReader.Batch> batch = reader.next();
        batch.isPresent();
        batch = reader.next()) {
      if (batch.get().header().isOpened()) {
        return true;
      }
    }
    return reader.scanBehind().isOpened();
  }

  /// Something that was durable cannot be read.
  String damage(String file, String why) {
    return "%s in %s is damaged: %s, though it was on stable storage. Restore the folder from a copy"
            .formatted(file, disk, why)
        + "; nothing was changed";
  }

  /// Finds where the last segment ends, and up to where it is known to have been synced.
  private void judgeEnd(Found last) throws IOException {
    SegmentReader reader = new SegmentReader(last.file(), last.first());
    durable = Math.max(durable, last.first().position());
    boolean closed = false;
    for (Optional<SegmentReader.Batch> batch = reader.next();
        batch.isPresent();
        batch = reader.next()) {
      BatchHeader header = batch.get().header();
      durable = Math.max(durable, header.durable());
      lastMillis = Math.max(lastMillis, header.millis());
      closed = header.isClosed();
    }
    long end = reader.position();
    highestPosition = Math.max(highestPosition, end);
    SegmentReader.Behind behind = closed ? SegmentReader.Behind.NOTHING : reader.scanBehind();
    durable = Math.max(durable, behind.durable());
    if (durable > end) {
      throw new DamagedLogException(
          damage(
              Segment.fileName(last.number()),
              "the batch at position %d cannot be read".formatted(end)));
    }
    if (!behind.equals(SegmentReader.Behind.NOTHING)) {
      cut =
          Optional.of(
              "%s was cut at position %d: a batch there is torn, and was never acknowledged"
                  .formatted(Segment.fileName(last.number()), end));
    }
  }

  private void checkOrder() throws DamagedLogException {
    long before = -1;
    for (Found found : inForce) {
      if (found.first().position() <= before) {
        throw new DamagedLogException(
            damage(Segment.fileName(found.number()), "it begins before the segment before it"));
      }
      before = found.first().position();
    }
  }

  // How far it goes

  /// Whether the records from `position` on are there.
  void checkReachesBackTo(long position) throws DamagedLogException {
    if (inForce.isEmpty()) {
      if (!snapshots.isEmpty()) {
        throw new DamagedLogException(
            "%s has a snapshot and no segment of the log. Restore the folder from a copy"
                .formatted(disk));
      }
      return;
    }
    if (reachesBackTo() > position) {
      throw new DamagedLogException(
          "%s lacks the log between position %d and %d. Restore the folder from a copy"
              .formatted(disk, position, reachesBackTo()));
    }
  }

  /// The position before which nothing is left.
  long reachesBackTo() {
    if (inForce.isEmpty()) {
      return 0;
    }
    BatchHeader oldest = inForce.getFirst().first();
    return oldest.startsRun() ? oldest.cutAt() : oldest.position();
  }

  /// Whether all that was ever in force from `position` on is there. Of what was let go a power cut
  /// may have brought back some, and not what came after it.
  boolean isWholeFrom(long position) throws IOException {
    for (int i = 0; i + 1 < inForce.size(); i++) {
      if (limitOf(i) <= position) {
        continue;
      }
      BatchHeader next = inForce.get(i + 1).first();
      boolean follows =
          next.startsRun()
              ? endOf(inForce.get(i)) >= next.cutAt()
              : inForce.get(i).number() + 1 == next.segment();
      if (!follows) {
        return false;
      }
    }
    return reachesBackTo() <= position;
  }

  private static long endOf(Found found) throws IOException {
    SegmentReader reader = new SegmentReader(found.file(), found.first());
    while (reader.next().isPresent()) {}
    return reader.position();
  }

  /// Where segments end, by number, as far as the newest snapshot tells it.
  Map<Integer, Long> segmentEnds() {
    return snapshots.isEmpty() ? Map.of() : snapshots.getLast().ends().byNumber();
  }

  /// Where a segment ends: where the next one starts, or a later run cut it.
  long limitOf(int i) {
    if (i + 1 == inForce.size()) {
      return Long.MAX_VALUE;
    }
    BatchHeader next = inForce.get(i + 1).first();
    return next.startsRun() ? next.cutAt() : next.position();
  }
}
