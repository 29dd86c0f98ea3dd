package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Brings back what a disk holds, and starts a new run of the log in a new segment.
///
/// A run is in force once a batch says that it was opened. What an earlier run wrote at or beyond
/// the highest durable position known may be in the page cache only: it is appended anew to the new
/// segment and synced before the new run is opened. A crash at any step before leaves the earlier
/// runs as they were, and the started one void. What is there is for `LogReading` to say.
final class Recovery {
  /// More than a run can have in memory unsynced: positions it may have used are jumped over.
  private static final int JUMP_BITS = 32;

  private final Disk disk;
  private final LogOptions options;
  private final Consumer<LogTask> tasks;
  private final LogListener listener;
  private final RecoveryHandler handler;
  private final LogReading reading;
  private final LogContents contents;
  private long records;
  private long copied;
  private long newestTold = -1;

  Recovery(
      Disk disk,
      LogOptions options,
      Consumer<LogTask> tasks,
      LogListener listener,
      RecoveryHandler handler)
      throws IOException {
    this.disk = disk;
    this.options = options;
    this.tasks = tasks;
    this.listener = listener;
    this.handler = handler;
    this.reading = LogReading.of(disk);
    this.contents = reading.contents();
  }

  Recovered open() throws IOException {
    LogReading.Beginning newest = reading.newest();
    contents.checkReachesBackTo(newest.position());
    deleteUnfinishedSnapshots();
    tellSegments();
    reading.parts(newest, handler);
    Starting starting = new Starting(disk, tasks, listener);
    SegmentedLog log = newLog(newest.position(), starting);
    reading.records(
        newest.position(), (position, key, record) -> replay(position, key, record, log), handler);
    starting.complete(log);
    log.opened();
    starting.complete(log);
    deleteCutOff();
    log.started();
    starting.open();
    return new Recovered(
        log,
        log.snapshots(),
        new RecoveryReport(log.run(), records, copied, reading.lastMillis(), contents.cut()));
  }

  private void deleteUnfinishedSnapshots() throws IOException {
    for (String name : disk.list()) {
      if (name.endsWith(SnapshotFile.UNFINISHED_SUFFIX)) {
        disk.delete(name);
      }
    }
  }

  private void tellSegments() {
    for (int i = 0; i < contents.segments().size(); i++) {
      if (!isCutOff(i)) {
        handler.segment(contents.segments().get(i).first().position());
      }
    }
  }

  /// What lies at or beyond the durable position is appended to the new log.
  private void replay(long position, int key, RecordView record, SegmentedLog log) {
    long newPosition = position;
    if (position >= contents.durable()) {
      newPosition = log.append(key, new Copy(record));
      if (log.newestSegment() != newestTold) {
        newestTold = log.newestSegment();
        handler.segment(newestTold);
      }
      copied++;
    }
    records++;
    handler.record(position, newPosition, key, record);
  }

  private record Copy(RecordView source) implements RecordBody {
    @Override
    public int length() {
      return source.length();
    }

    @Override
    public void writeTo(ByteBuffer target) {
      target.put(source.buffer().slice(source.offset(), source.length()));
    }
  }

  // The new run

  private SegmentedLog newLog(long replayFrom, Starting starting) throws IOException {
    List<LogContents.Found> inForce = contents.segments();
    int number = inForce.isEmpty() ? 1 : inForce.getLast().number() + 1;
    int run = contents.highestRun() + 1;
    String name = Segment.fileName(number);
    if (disk.list().contains(name)) {
      // A sync of the folder may have failed since it was made: nothing but a change has the folder
      // written again, and with it the names of all other files.
      disk.delete(name);
    }
    Segment first = firstSegment(number, run);
    first.cuts(cutAt());
    long jump = ((contents.highestPosition() >>> JUMP_BITS) + 2) << JUMP_BITS;
    first.startsAt(inForce.isEmpty() ? 0 : jump);
    List<Segment> older = new ArrayList<>();
    long replayedBytes = 0;
    for (int i = 0; i < inForce.size(); i++) {
      if (isCutOff(i)) {
        continue;
      }
      LogContents.Found found = inForce.get(i);
      Segment segment = new Segment(found.number(), found.first().run(), found.file().size());
      segment.startsAt(found.first().position());
      segment.ready(found.file(), segment.capacity(), true);
      endAsTold(segment, i, replayFrom);
      if (found.first().startsRun()) {
        segment.cuts(found.first().cutAt());
      }
      older.add(segment);
      replayedBytes += found.first().position() >= replayFrom ? segment.capacity() : 0;
    }
    return new SegmentedLog(
        disk,
        options,
        run,
        cutAt(),
        first,
        older,
        indexesOf(older),
        contents.snapshots(),
        replayedBytes,
        contents.lastMillis(),
        starting,
        starting);
  }

  /// Where the segment ends: recovery reads up to there, or the snapshot tells it. What neither
  /// knows of is wanted by nobody.
  private void endAsTold(Segment segment, int i, long replayFrom) {
    Long told = contents.segmentEnds().get(segment.number());
    long limit = Math.min(contents.limitOf(i), cutAt());
    if (contents.limitOf(i) > replayFrom) {
      segment.endsAt(limit);
    } else if (told != null) {
      segment.endsAt(Math.min(told, limit));
    } else {
      segment.endsAt(limit);
      segment.mayEndBefore();
    }
  }

  /// How much the index of each takes that has one. Every other index goes: a power cut may have
  /// left it of a segment that is gone, or of one of a void run that had a number which is used
  /// again.
  private Map<Integer, Long> indexesOf(List<Segment> segments) throws IOException {
    Map<Integer, Long> kept = new HashMap<>(contents.indexed());
    Set<Integer> numbers = new HashSet<>();
    segments.forEach(segment -> numbers.add(segment.number()));
    kept.keySet().retainAll(numbers);
    for (int number : contents.indexed().keySet()) {
      if (!kept.containsKey(number)) {
        disk.delete(IndexFile.name(number));
      }
    }
    return kept;
  }

  /// A start cannot be refused, as long as the reserve lasts.
  private Segment firstSegment(int number, int run) throws IOException {
    Segment first = new Segment(number, run, options.reserveBytes());
    long used = 0;
    for (LogContents.Found found : contents.segments()) {
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
    return contents.segments().get(i).first().position() >= Math.min(contents.limitOf(i), cutAt());
  }

  /// Deletes what was cut off whole, now that the run which cut it is in force. Nobody ever synced
  /// it, so a power cut may tear it, or has already; later, with the segments gone that tell where
  /// it was cut, that would look like damage. A file without a batch that can be read stays: it may
  /// be all that tells of a real one.
  private void deleteCutOff() throws IOException {
    List<LogContents.Found> inForce = contents.segments();
    List<Integer> gone = new ArrayList<>(contents.torn());
    for (int i = 0; i < inForce.size(); i++) {
      if (isCutOff(i)) {
        inForce.get(i).file().close();
        gone.add(inForce.get(i).number());
      }
    }
    for (int number : gone) {
      disk.delete(Segment.fileName(number));
    }
    if (!gone.isEmpty()) {
      disk.syncFolder();
    }
  }

  /// Where earlier runs end for the new one. Where nothing of the last run is known to be synced,
  /// not even its opening, that is void as well: its file may be lost yet, and with it where it cut
  /// the runs before.
  private long cutAt() {
    List<LogContents.Found> inForce = contents.segments();
    long durable = contents.durable();
    if (inForce.isEmpty() || durable > inForce.getLast().first().position()) {
      return durable;
    }
    BatchHeader last = inForce.getLast().first();
    return last.startsRun() ? last.cutAt() : durable;
  }
}
