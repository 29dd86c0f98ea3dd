package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Brings back what a disk holds, and starts a new run of the log in a new segment.
///
/// A run is in force once a batch says that it was opened. What an earlier run wrote at or beyond
/// the highest durable position known may be in the page cache only: it is appended anew to the new
/// segment and synced before the new run is opened. A crash at any step before leaves the earlier
/// runs as they were, and the started one void.
final class Recovery {
  /// More than a run can have in memory unsynced: positions it may have used are jumped over.
  private static final int JUMP_BITS = 32;

  private final Disk disk;
  private final LogOptions options;
  private final Consumer<LogTask> tasks;
  private final LogListener listener;
  private final RecoveryHandler handler;
  private final RecordView view = new RecordView();
  private final List<Found> inForce = new ArrayList<>();

  /// Segments that a later run cut off whole, and a power cut has torn since.
  private final List<Integer> torn = new ArrayList<>();

  private final List<SnapshotFile> snapshots = new ArrayList<>();
  private Optional<String> cut = Optional.empty();
  private int highestRun;
  private long highestPosition;
  private long durable;
  private long lastMillis;
  private long records;
  private long copied;
  private long newestTold = -1;

  Recovery(
      Disk disk,
      LogOptions options,
      Consumer<LogTask> tasks,
      LogListener listener,
      RecoveryHandler handler) {
    this.disk = disk;
    this.options = options;
    this.tasks = tasks;
    this.listener = listener;
    this.handler = handler;
  }

  /// A segment's file, and its first batch.
  private record Found(int number, DiskFile file, BatchHeader first) {
    Found {
      Invariant.check(first.segment() == number, "a batch lies in the segment that it names");
    }
  }

  Recovered open() throws IOException {
    findSnapshots();
    findSegments();
    if (!inForce.isEmpty()) {
      judgeEnd(inForce.getLast());
    }
    tellSegments();
    long replayFrom = replaySnapshot();
    checkSegmentsFrom(replayFrom);
    int newNumber = inForce.isEmpty() ? 1 : inForce.getLast().number() + 1;
    Starting starting = new Starting(disk, tasks, listener);
    SegmentedLog log = newLog(newNumber, replayFrom, starting);
    replay(replayFrom, log);
    starting.complete(log);
    log.opened();
    starting.complete(log);
    deleteCutOff();
    log.started();
    starting.open();
    return new Recovered(
        log, log.snapshots(), new RecoveryReport(log.run(), records, copied, lastMillis, cut));
  }

  // What is there

  private void findSnapshots() throws IOException {
    for (String name : disk.list()) {
      if (name.endsWith(SnapshotFile.UNFINISHED_SUFFIX)) {
        disk.delete(name);
      } else if (name.endsWith(SnapshotFile.SUFFIX)) {
        int number = numberOf(name, SnapshotFile.SUFFIX);
        Optional<SnapshotFile> whole =
            SnapshotFile.read(disk, number, (position, buffer, offset, length) -> {});
        if (whole.isEmpty()) {
          throw new DamagedLogException(damagedSnapshot(name));
        }
        snapshots.add(whole.get());
        highestRun = Math.max(highestRun, whole.get().run());
        durable = Math.max(durable, whole.get().newest());
      }
    }
  }

  private String damagedSnapshot(String name) throws IOException {
    long snapshots =
        disk.list().stream().filter(other -> other.endsWith(SnapshotFile.SUFFIX)).count();
    return "%s in %s is damaged: it was whole when it got its name. Restore it from a copy"
            .formatted(name, disk)
        + (snapshots > 1
            ? ", or move it away to go on from the snapshot and the log before it"
            : "; there is no other");
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
  /// synced yet, or was hurt: then a batch behind tells that the first one was synced, or that the
  /// segment goes on from where no later run has cut it.
  private void checkBlank(int number) throws IOException {
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

  private String damage(String file, String why) {
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

  private void checkSegmentsFrom(long replayFrom) throws DamagedLogException {
    if (inForce.isEmpty()) {
      if (!snapshots.isEmpty()) {
        throw new DamagedLogException(
            "%s has a snapshot and no segment of the log. Restore the folder from a copy"
                .formatted(disk));
      }
      return;
    }
    checkOrder();
    BatchHeader oldest = inForce.getFirst().first();
    long reachesBackTo = oldest.startsRun() ? oldest.cutAt() : oldest.position();
    if (reachesBackTo > replayFrom) {
      throw new DamagedLogException(
          "%s lacks the log between position %d and %d. Restore the folder from a copy"
              .formatted(disk, replayFrom, reachesBackTo));
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

  private int startOf(long replayFrom) {
    int start = 0;
    for (int i = 0; i < inForce.size(); i++) {
      if (inForce.get(i).first().position() <= replayFrom) {
        start = i;
      }
    }
    return start;
  }

  // What it says

  private void tellSegments() {
    for (int i = 0; i < inForce.size(); i++) {
      if (!isCutOff(i)) {
        handler.segment(inForce.get(i).first().position());
      }
    }
  }

  private long replaySnapshot() throws IOException {
    if (snapshots.isEmpty()) {
      return 0;
    }
    SnapshotFile newest = snapshots.getLast();
    SnapshotFile.read(
        disk,
        newest.number(),
        (position, buffer, offset, length) -> {
          view.show(buffer, offset, length);
          handler.snapshotPart(position, view);
        });
    return newest.replayFrom();
  }

  /// Tells the records from `replayFrom` on; those at or beyond the durable position are appended
  /// to the new log.
  private void replay(long replayFrom, SegmentedLog log) throws IOException {
    for (int i = startOf(replayFrom); i < inForce.size(); i++) {
      Found found = inForce.get(i);
      long limit = limitOf(i);
      if (limit <= replayFrom) {
        // All that counts in it is in the snapshot, and what came behind it may be gone.
        continue;
      }
      SegmentReader reader = new SegmentReader(found.file(), found.first());
      while (reader.position() < limit) {
        Optional<SegmentReader.Batch> batch = reader.next();
        if (batch.isEmpty()) {
          break;
        }
        lastMillis = Math.max(lastMillis, batch.get().header().millis());
        batch
            .get()
            .records((position, buffer, offset) -> {
              if (position >= replayFrom && position < limit) {
                replay(position, buffer, offset, log);
              }
            });
      }
      if (reader.position() < limit && i + 1 < inForce.size()) {
        throw new DamagedLogException(
            damage(
                Segment.fileName(found.number()),
                "the batch at position %d, or the file after it, is missing"
                    .formatted(reader.position())));
      }
    }
  }

  /// Where a segment ends: where the next one starts, or a later run cut it.
  private long limitOf(int i) {
    if (i + 1 == inForce.size()) {
      return Long.MAX_VALUE;
    }
    BatchHeader next = inForce.get(i + 1).first();
    return next.startsRun() ? next.cutAt() : next.position();
  }

  private void replay(long position, ByteBuffer buffer, int offset, SegmentedLog log) {
    int length = RecordFrame.length(buffer, offset);
    int key = RecordFrame.key(buffer, offset);
    int body = offset + RecordFrame.HEADER_BYTES;
    long newPosition = position;
    if (position >= durable) {
      newPosition = log.append(key, new Copy(buffer, body, length));
      if (log.newestSegment() != newestTold) {
        newestTold = log.newestSegment();
        handler.segment(newestTold);
      }
      copied++;
    }
    records++;
    view.show(buffer, body, length);
    handler.record(position, newPosition, key, view);
  }

  private record Copy(ByteBuffer source, int offset, int length) implements RecordBody {
    @Override
    public void writeTo(ByteBuffer target) {
      target.put(source.slice(offset, length));
    }
  }

  // The new run

  private SegmentedLog newLog(int number, long replayFrom, Starting starting) throws IOException {
    int run = highestRun + 1;
    String name = Segment.fileName(number);
    if (disk.list().contains(name)) {
      // A sync of the folder may have failed since it was made: nothing but a change has the folder
      // written again, and with it the names of all other files.
      disk.delete(name);
    }
    Segment first = firstSegment(number, run);
    first.cuts(cutAt());
    first.startsAt(inForce.isEmpty() ? 0 : ((highestPosition >>> JUMP_BITS) + 2) << JUMP_BITS);
    List<Segment> older = new ArrayList<>();
    long replayedBytes = 0;
    for (int i = 0; i < inForce.size(); i++) {
      if (isCutOff(i)) {
        continue;
      }
      Found found = inForce.get(i);
      Segment segment = new Segment(found.number(), found.first().run(), found.file().size());
      segment.startsAt(found.first().position());
      segment.ready(found.file(), segment.capacity(), true);
      boolean isNextThere =
          i + 1 == inForce.size() || inForce.get(i + 1).number() == found.number() + 1;
      segment.endsAt(Math.min(limitOf(i), cutAt()), isNextThere);
      if (found.first().startsRun()) {
        segment.cuts(found.first().cutAt());
      }
      older.add(segment);
      replayedBytes += found.first().position() >= replayFrom ? segment.capacity() : 0;
    }
    List<SnapshotFile> kept =
        snapshots.subList(Math.max(0, snapshots.size() - 2), snapshots.size());
    return new SegmentedLog(
        disk,
        options,
        run,
        cutAt(),
        first,
        older,
        indexed(),
        kept,
        replayedBytes,
        lastMillis,
        starting,
        starting);
  }

  /// The segments that have an index.
  private Set<Integer> indexed() throws IOException {
    Set<Integer> numbers = new HashSet<>();
    for (String name : disk.list()) {
      if (name.endsWith(IndexFile.SUFFIX)) {
        numbers.add(numberOf(name, IndexFile.SUFFIX));
      }
    }
    return numbers;
  }

  /// A start cannot be refused, as long as the reserve lasts.
  private Segment firstSegment(int number, int run) throws IOException {
    Segment first = new Segment(number, run, options.reserveBytes());
    long used = 0;
    for (Found found : inForce) {
      used += found.file().size();
    }
    long bytes = options.firstSegmentBytes();
    boolean isGranted = options.space().allows(bytes, used, disk.usableBytes());
    try {
      bytes = isGranted ? bytes : options.reserveBytes();
      first.ready(Reserve.make(disk, first.name(), bytes), bytes, isGranted);
    } catch (NoSpaceException e) {
      bytes = options.reserveBytes();
      DiskFile file = new Reserve(disk, options.reserveBytes()).takeSegment(first.name());
      if (file == null) {
        throw Starting.noSpace(disk);
      }
      first.ready(file, bytes, false);
    }
    disk.syncFolder();
    return first;
  }

  /// Whether the new run needs nothing of a segment: what counted in it was written anew, now or by
  /// a run that ended before it had deleted it.
  private boolean isCutOff(int i) {
    return inForce.get(i).first().position() >= Math.min(limitOf(i), cutAt());
  }

  /// Deletes what was cut off whole, now that the run which cut it is in force. Nobody ever synced
  /// it, so a power cut may tear it, or has already; later, with the segments gone that tell where
  /// it was cut, that would look like damage. A file without a batch that can be read stays: it may
  /// be all that tells of a real one.
  private void deleteCutOff() throws IOException {
    List<Integer> gone = new ArrayList<>(torn);
    for (int i = 0; i < inForce.size(); i++) {
      if (isCutOff(i)) {
        inForce.get(i).file().close();
        gone.add(inForce.get(i).number());
      }
    }
    for (int number : gone) {
      disk.delete(Segment.fileName(number));
    }
    deleteIndexesOfNothing();
    if (!gone.isEmpty()) {
      disk.syncFolder();
    }
  }

  /// A power cut may leave the index of a segment that is gone.
  private void deleteIndexesOfNothing() throws IOException {
    List<String> names = disk.list();
    for (int number : indexed()) {
      if (!names.contains(Segment.fileName(number))) {
        disk.delete(IndexFile.name(number));
      }
    }
  }

  /// Where earlier runs end for the new one. Where nothing of the last run is known to be synced,
  /// not even its opening, that is void as well: its file may be lost yet, and with it where it cut
  /// the runs before.
  private long cutAt() {
    if (inForce.isEmpty() || durable > inForce.getLast().first().position()) {
      return durable;
    }
    BatchHeader last = inForce.getLast().first();
    return last.startsRun() ? last.cutAt() : durable;
  }
}
