package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes snapshots beside the log's segments, and keeps the last two whole ones.
///
/// A snapshot gathers under an unfinished name. It gets its own only once it is synced and the log
/// is durable up to its newest part, so that one with a name is always true. One for which there is
/// no space is given up.
final class SnapshotStore implements Snapshots {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int WRITES_MAX = 4;

  /// So many whole ones are left, from the second on.
  static final int KEPT = 2;

  private static final int GROWTH = 4;
  private static final int AGAIN_MILLIS = 10_000;

  private final Disk disk;
  private final LogOptions options;
  private final SegmentedLog log;
  private final SegmentFiles files;
  private final Consumer<LogTask> tasks;
  private final Runnable wake;
  private final Consumer<IOException> failed;
  private final ArrayDeque<SnapshotFile> kept = new ArrayDeque<>();
  private int nextNumber;
  private @Nullable Writing writing;

  /// The log's end that counts as the end of the newest snapshot, for `isDue`.
  private long countsFrom;

  /// The next one is not due before this.
  private long dueMillis;

  /// There was no space for the last one: it is tried again then.
  private long againMillis;

  /// @param kept the whole snapshots on disk, oldest first
  /// @param replayedBytes how much of the log lies behind the newest of them
  SnapshotStore(
      Disk disk,
      LogOptions options,
      SegmentedLog log,
      SegmentFiles files,
      List<SnapshotFile> kept,
      long replayedBytes,
      Consumer<LogTask> tasks,
      Runnable wake,
      Consumer<IOException> failed) {
    this.disk = disk;
    this.options = options;
    this.log = log;
    this.files = files;
    this.tasks = tasks;
    this.wake = wake;
    this.failed = failed;
    this.kept.addAll(kept);
    this.nextNumber = kept.isEmpty() ? 1 : kept.getLast().number() + 1;
    this.countsFrom = log.end() - replayedBytes;
  }

  /// The snapshot that is being written.
  private static final class Writing {
    final int number;
    final long replayFrom;
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES + (BUFFER_BYTES >> 1));
    long written;
    long newest;
    SegmentEnds ends = SegmentEnds.NONE;
    int writesUnderWay;
    boolean isSynced;
    boolean isNaming;

    // Only the tasks look at these.
    @Nullable DiskFile file;
    boolean isGivenUp;
    boolean usedReserve;

    Writing(int number, long replayFrom) {
      this.number = number;
      this.replayFrom = replayFrom;
      this.newest = replayFrom;
    }

    DiskFile file() throws IOException {
      DiskFile made = file;
      if (made == null) {
        throw new IOException("a snapshot's file was not made");
      }
      return made;
    }
  }

  private Writing writing() {
    Writing current = writing;
    if (current == null) {
      throw new IllegalStateException("broken invariant: a snapshot is begun before it has parts");
    }
    return current;
  }

  @Override
  public void begin(long replayFrom) {
    Invariant.check(writing == null, "one snapshot at a time is written");
    dueMillis = log.nowMillis() + options.snapshotDueMillis();
    Writing begun = new Writing(nextNumber++, replayFrom);
    writing = begun;
    begun.writesUnderWay++;
    tasks.accept(
        new Task(
            () ->
                write(
                    begun,
                    () -> begun.file = disk.create(SnapshotFile.unfinishedName(begun.number))),
            () -> begun.writesUnderWay--,
            why -> notWritten(begun, why)));
    SnapshotFile.writeHeader(begun.buffer, log.run(), replayFrom);
    begun.ends = log.segmentEnds();
    part(begun, SnapshotFile.OWN, begun.ends);
  }

  @Override
  public void part(RecordBody body) {
    Writing current = writing();
    current.newest = log.end();
    part(current, current.newest, body);
  }

  private void part(Writing current, long position, RecordBody body) {
    int needed = SnapshotFile.PART_HEADER_BYTES + body.length();
    if (current.buffer.remaining() < needed) {
      write(current, false);
      if (current.buffer.remaining() < needed) {
        current.buffer = ByteBuffer.allocate(needed);
      }
    }
    SnapshotFile.writePart(
        current.buffer, current.written + current.buffer.position(), position, body);
    if (current.buffer.position() >= BUFFER_BYTES) {
      write(current, false);
    }
  }

  private void write(Writing current, boolean sync) {
    ByteBuffer full = current.buffer.flip();
    long offset = current.written;
    current.written += full.limit();
    current.buffer = ByteBuffer.allocate(BUFFER_BYTES + (BUFFER_BYTES >> 1));
    current.writesUnderWay++;
    tasks.accept(
        new Task(
            () -> {
              write(current, () -> current.file().write(offset, full.duplicate()));
              if (sync && !current.isGivenUp) {
                sync(current);
              }
            },
            () -> {
              current.writesUnderWay--;
              current.isSynced = sync;
              nameIfDurable(log.durable());
              wake.run();
            },
            why -> notWritten(current, why)));
  }

  /// In a task: where the disk is full, what the reserve holds for a snapshot is used, and where
  /// that is not enough the snapshot is given up.
  private void write(Writing current, Task.Work work) throws IOException {
    if (current.isGivenUp) {
      return;
    }
    try {
      work.run();
    } catch (NoSpaceException e) {
      try {
        if (!files.reserve().giveUpSnapshot()) {
          throw e;
        }
        current.usedReserve = true;
        work.run();
      } catch (NoSpaceException again) {
        giveUp(current);
        throw again;
      }
    }
  }

  private void sync(Writing current) throws IOException {
    try {
      current.file().sync();
    } catch (NoSpaceException e) {
      giveUp(current);
      throw e;
    }
    current.file().close();
  }

  private void giveUp(Writing current) throws IOException {
    current.isGivenUp = true;
    String name = SnapshotFile.unfinishedName(current.number);
    if (current.file != null) {
      current.file().close();
    }
    if (disk.list().contains(name)) {
      disk.delete(name);
    }
  }

  /// The log before it stays, until there is space for another.
  private void notWritten(Writing current, IOException why) {
    if (!(why instanceof NoSpaceException)) {
      failed.accept(why);
      return;
    }
    files.snapshotReserveGone();
    againMillis = log.nowMillis() + AGAIN_MILLIS;
    dueMillis = againMillis;
    if (writing == current) {
      writing = null;
    }
  }

  @Override
  public boolean isWritable() {
    Writing current = writing;
    return current == null || current.writesUnderWay < WRITES_MAX;
  }

  @Override
  public void complete() {
    Writing current = writing();
    if (current.buffer.remaining() < SnapshotFile.PART_HEADER_BYTES) {
      write(current, false);
    }
    SnapshotFile.writeEnd(
        current.buffer, current.written + current.buffer.position(), current.newest);
    write(current, true);
  }

  /// The log's durable position has moved.
  void durable(long durable) {
    nameIfDurable(durable);
  }

  private void nameIfDurable(long durable) {
    Writing current = writing;
    if (current == null || !current.isSynced || current.isNaming || durable < current.newest) {
      return;
    }
    current.isNaming = true;
    SnapshotFile named =
        new SnapshotFile(
            current.number,
            log.run(),
            current.replayFrom,
            current.newest,
            current.written,
            current.ends);
    SnapshotFile old = kept.size() < KEPT ? null : kept.getFirst();
    tasks.accept(
        new Task(
            () -> {
              disk.rename(
                  SnapshotFile.unfinishedName(named.number()), SnapshotFile.name(named.number()));
              disk.syncFolder();
              if (old != null) {
                disk.delete(SnapshotFile.name(old.number()));
              }
            },
            () -> named(named, old),
            failed));
  }

  private void named(SnapshotFile named, @Nullable SnapshotFile old) {
    if (old != null) {
      kept.removeFirst();
    }
    kept.addLast(named);
    countsFrom = named.replayFrom();
    if (writing != null && writing.usedReserve) {
      files.snapshotReserveGone();
    }
    writing = null;
    files.snapshotsChanged(named.bytes() - (old == null ? 0 : old.bytes()), expectedBytes());
  }

  /// What the snapshots that are kept take.
  long keptBytes() {
    return kept.stream().mapToLong(SnapshotFile::bytes).sum();
  }

  /// What the next one may take.
  long expectedBytes() {
    long newestBytes = kept.isEmpty() ? 0 : kept.getLast().bytes();
    return newestBytes + newestBytes / 2 + options.reserveBytes() / 2;
  }

  @Override
  public boolean isUnderWay() {
    return writing != null;
  }

  /// A fast log is written faster than a large state, and read back as fast.
  @Override
  public boolean isDue() {
    if (log.nowMillis() < dueMillis) {
      return false;
    }
    long newestBytes = kept.isEmpty() ? 0 : kept.getLast().bytes();
    return log.end() - countsFrom >= Math.max(options.snapshotDueBytes(), GROWTH * newestBytes);
  }

  @Override
  public boolean lacksSpace() {
    long notBefore = files.usesReserve() ? againMillis : dueMillis;
    return files.lacksSpace() && log.nowMillis() >= notBefore;
  }

  @Override
  public long stateNeededFrom() {
    return kept.size() < KEPT ? 0 : kept.getFirst().replayFrom();
  }
}
