package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The log on a disk: records gather in an open batch in memory; batches are written and synced by
/// one task of the commit lane at a time, and while it runs the next batch gathers.
///
/// All calls come from one thread, the loop's.
public final class SegmentedLog implements Log {
  private static final int PAUSE_MILLIS = 50;
  private static final int RESERVE_IDLE_MILLIS = 5_000;

  private final int run;
  private final long cutAt;
  private final Segment firstOfRun;
  private final Consumer<LogTask> tasks;
  private final LogListener listener;
  private final SegmentFiles files;
  private final Segments segments;
  private final Tail tail;
  private final ReadBack readBack;
  private final Indexes indexes;
  private final SnapshotStore snapshots;
  private final RecordFrame commitFrame = new RecordFrame();
  private final ArrayDeque<SealedBatch> sealed = new ArrayDeque<>();

  /// Segments that nothing more is appended to, and that are not wholly on the disk: an index that
  /// had to be made anew from their files would lack what is missing there.
  private final ArrayDeque<Segment> unindexed = new ArrayDeque<>();

  private @Nullable OpenBatch open;

  /// Segments that nobody wants, but for where their run cut the one before: it is all that tells.
  private final TreeSet<Integer> heldBack = new TreeSet<>();

  /// Where the next batch starts.
  private long next;

  private long durable;

  /// The durable position that the newest batch on disk tells.
  private long settled;

  /// Where the last batch ends that has records.
  private long recordsEnd;

  private long nowMillis;
  private long pausedUntilMillis;
  private boolean started;
  private int flags;
  private boolean committing;
  private boolean failed;

  /// A log that goes on in the new segment `first`, whose file is ready.
  ///
  /// @param replayedBytes of log that recovery had to read beyond the newest of `kept`
  SegmentedLog(
      Disk disk,
      LogOptions options,
      int run,
      long cutAt,
      Segment first,
      List<Segment> older,
      Map<Integer, Long> indexed,
      List<SnapshotFile> kept,
      long replayedBytes,
      long nowMillis,
      Consumer<LogTask> tasks,
      LogListener listener) {
    this.run = run;
    this.cutAt = cutAt;
    this.firstOfRun = first;
    this.tasks = tasks;
    this.listener = listener;
    this.files = new SegmentFiles(disk, options, run, tasks, this::haveRoom, this::fail);
    this.segments = new Segments(first);
    older.forEach(segments::add);
    this.tail = new Tail(options.chunkBytes(), options.tailBytes());
    this.readBack = new ReadBack(options.cacheBytes(), tasks, this::readable, listener, this::fail);
    this.indexes = new Indexes(disk, files, indexed, tasks, this::readable, listener, this::fail);
    indexes.begin(first);
    files.dispensable(indexes::giveUp);
    this.next = first.first();
    this.durable = next;
    this.nowMillis = nowMillis;
    this.snapshots =
        new SnapshotStore(
            disk, options, this, files, kept, replayedBytes, tasks, this::readable, this::fail);
    long bytes = snapshots.keptBytes();
    bytes += segments.all().stream().mapToLong(Segment::capacity).sum();
    bytes += indexed.values().stream().mapToLong(Long::longValue).sum();
    files.begin(first, bytes, snapshots.expectedBytes());
  }

  /// Opens the log on `disk`: recovers what it holds, tells `handler`, and starts a new run.
  /// Blocks.
  ///
  /// @param tasks takes the tasks of the log from here on, see `TaskThreads`
  /// @param listener is told of what comes of them; of nothing before this call returned
  /// @throws DamagedLogException where something that was durable cannot be read
  public static Recovered open(
      Disk disk,
      LogOptions options,
      Consumer<LogTask> tasks,
      LogListener listener,
      RecoveryHandler handler)
      throws IOException {
    return new Recovery(disk, options, tasks, listener, handler).open();
  }

  @Override
  public long append(int key, RecordBody body) {
    int length = body.length();
    int frameBytes = Math.addExact(length, RecordFrame.HEADER_BYTES);
    OpenBatch batch = open;
    if (batch == null || !batch.hasRoomFor(frameBytes)) {
      batch = openBatch(frameBytes);
    }
    long position = batch.add(key, body, length);
    if (key != 0) {
      indexes.add(batch.segment(), key, position, batch.tagAt(position));
    }
    return position;
  }

  /// In the newest segment, or in the next one that is ready: so nothing that is granted waits for
  /// space, and what must not be refused has the reserve.
  @Override
  public Grant grant(int bytes) {
    int batchBytes = Sector.up(Math.addExact(bytes, RecordFrame.HEADER_BYTES + BatchHeader.BYTES));
    Segment current = segments.newest();
    Segment ahead = files.next();
    if (files.reserveIsWhole()) {
      if (isOpenToAll(current)
          && Sector.up(end()) - current.first() + batchBytes <= current.capacity()) {
        return Grant.GRANTED;
      }
      if (isOpenToAll(ahead) && batchBytes <= ahead.capacity()) {
        return Grant.GRANTED;
      }
    }
    if (files.isUnderWay()) {
      return Grant.LATER;
    }
    boolean mayBeEnlarged = files.reserveIsWhole() && isOpenToAll(ahead);
    return mayBeEnlarged && files.enlarge(batchBytes) ? Grant.LATER : Grant.REFUSED;
  }

  private static boolean isOpenToAll(Segment segment) {
    return segment.isReady() && segment.isRegular();
  }

  @Override
  public Space space() {
    return files.space();
  }

  /// Seals the batch that is open, and opens one with room for a record of `frameBytes`, in the
  /// next segment if need be.
  private OpenBatch openBatch(int frameBytes) {
    seal();
    int batchBytes = Sector.up(Math.addExact(frameBytes, BatchHeader.BYTES));
    Segment segment = segments.newest();
    boolean hasRoom = next - segment.first() + batchBytes <= segment.capacity();
    if (!hasRoom && next > segment.first()) {
      segment.endsAt(next);
      unindexed.addLast(segment);
      segment = files.take();
      segment.startsAt(next);
      segments.add(segment);
      indexes.begin(segment);
    }
    OpenBatch batch = new OpenBatch(tail.chunkFor(segment, next, batchBytes));
    open = batch;
    return batch;
  }

  private void seal() {
    OpenBatch batch = open;
    if (batch != null) {
      int place = batch.segment() == firstOfRun ? BatchHeader.STARTS_RUN : 0;
      SealedBatch done = batch.seal(flags | place, run, cutAt, nowMillis, durable);
      sealed.addLast(done);
      next = done.end();
      if (!batch.isEmpty()) {
        recordsEnd = next;
      }
      open = null;
    }
  }

  @Override
  public long end() {
    OpenBatch batch = open;
    return batch == null ? next : batch.end();
  }

  @Override
  public long durable() {
    return durable;
  }

  @Override
  public long settled() {
    return settled;
  }

  /// How much was appended and is not durable yet, in bytes: the driver reads less from publishers
  /// while it is large.
  public long unsyncedBytes() {
    return end() - durable;
  }

  /// The time that following batches carry, in milliseconds since 1970.
  public void time(long millis) {
    nowMillis = millis;
    if (!failed) {
      files.time(millis);
    }
  }

  long nowMillis() {
    return nowMillis;
  }

  /// The turn is over: what was appended is handed to the commit lane as soon as that is free.
  public void flush() {
    if (committing || failed || nowMillis < pausedUntilMillis) {
      return;
    }
    seal();
    List<SealedBatch> batches = new ArrayList<>();
    while (!sealed.isEmpty() && sealed.getFirst().segment().isReady()) {
      batches.add(sealed.removeFirst());
    }
    if (!batches.isEmpty()) {
      committing = true;
      SealedBatch last = batches.getLast();
      tasks.accept(new Commit(batches, commitFrame, () -> committed(last), this::fail));
    }
  }

  private void committed(SealedBatch last) {
    committing = false;
    if (failed) {
      return;
    }
    durable = last.end();
    settled = last.durableTold();
    while (!unindexed.isEmpty() && unindexed.getFirst().end() <= durable) {
      indexes.sealed(unindexed.removeFirst());
    }
    if (started && files.usesReserve()) {
      // Few batches, so that the reserve lasts until snapshots have set some of it free.
      pausedUntilMillis = nowMillis + PAUSE_MILLIS;
    }
    tail.trim(durable);
    flush();
    snapshots.durable(durable);
    listener.durable(durable);
  }

  /// Nothing is going on: writes one empty batch where no batch on disk tells yet that the last
  /// record is durable. Where the reserve is used, only after a while: the next record tells it
  /// too.
  ///
  /// @param isAwaited whether somebody waits for that, so that it must not take a while
  public void idle(boolean isAwaited) {
    boolean isDue =
        isAwaited || !files.usesReserve() || nowMillis >= pausedUntilMillis + RESERVE_IDLE_MILLIS;
    if (isDue && isQuiet() && !failed && settled < recordsEnd) {
      appendEmpty();
      flush();
    }
  }

  private void appendEmpty() {
    openBatch(0);
  }

  /// Whether anything is on its way to the disk.
  public boolean isQuiet() {
    return !committing && open == null && sealed.isEmpty();
  }

  private void fail(IOException why) {
    committing = false;
    if (!failed) {
      failed = true;
      listener.failed(why);
    }
  }

  /// A segment is ready, or there is more space.
  private void haveRoom() {
    flush();
    if (!failed) {
      listener.room();
    }
  }

  private void readable() {
    if (!failed) {
      listener.readable();
    }
  }

  @Override
  public boolean read(long position, RecordView view) {
    Chunk chunk = tail.find(position);
    if (chunk != null) {
      int at = (int) (position - chunk.position());
      view.show(
          chunk.buffer(), at + RecordFrame.HEADER_BYTES, RecordFrame.length(chunk.buffer(), at));
      return true;
    }
    Segment segment = segments.of(position);
    return readBack.read(segment, position, Math.min(durable, segments.endOf(segment)), view);
  }

  @Override
  public void find(int[] keys, long from, int max, Consumer<Found> then) {
    indexes.find(segments.from(from), end(), keys, from, max, then);
  }

  @Override
  public int segmentOf(long position) {
    return segments.of(position).number();
  }

  @Override
  public long segmentEnd(int segment) {
    return Math.min(segments.endOf(segment), end());
  }

  @Override
  public int oldestSegment() {
    return segments.oldest().number();
  }

  @Override
  public boolean holdsSegment(int segment) {
    return segments.holds(segment);
  }

  @Override
  public void discard(int segment) {
    if (segments.tellsWhereTheOneBeforeWasCut(segment)) {
      heldBack.add(segment);
      return;
    }
    Segment gone = segments.remove(segment);
    readBack.forget(gone);
    indexes.forget(gone);
    files.discard(gone);
    Integer after = heldBack.higher(segment);
    if (after != null && !segments.tellsWhereTheOneBeforeWasCut(after)) {
      heldBack.remove(after);
      discard(after);
    }
  }

  SegmentEnds segmentEnds() {
    return SegmentEnds.of(segments.all(), end());
  }

  /// The first position of the newest segment.
  long newestSegment() {
    return segments.newest().first();
  }

  SnapshotStore snapshots() {
    return snapshots;
  }

  int run() {
    return run;
  }

  /// Recovery is over.
  void started() {
    started = true;
  }

  /// From here on batches say that this run has taken over. Everything before is durable.
  void opened() {
    flags = BatchHeader.OPENED;
    appendEmpty();
  }

  /// Writes what is open, then that nothing follows, and closes the files. Blocks; no task may be
  /// under way.
  ///
  /// @throws IOException where that cannot be written; what was durable before still is
  public void close() throws IOException {
    Invariant.check(!committing, "no commit is under way when the log is closed");
    if (!failed) {
      failed = true;
      seal();
      commitNow();
      flags |= BatchHeader.CLOSED;
      appendEmpty();
      seal();
      commitNow();
    }
    for (Segment segment : segments.all()) {
      if (segment.isReady()) {
        segment.file().close();
      }
    }
    indexes.close();
    files.close();
  }

  private void commitNow() throws IOException {
    List<SealedBatch> batches = List.copyOf(sealed);
    sealed.clear();
    if (!batches.isEmpty() && batches.getLast().segment().isReady()) {
      new Commit(batches, commitFrame, () -> {}, why -> {}).run();
      durable = batches.getLast().end();
    }
  }
}
