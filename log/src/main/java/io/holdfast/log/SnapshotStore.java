package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes snapshots beside the log's segments, and keeps the last two whole ones.
///
/// A snapshot gathers under an unfinished name. It gets its own only once it is synced and the log
/// is durable up to its newest part, so that one with a name is always true.
final class SnapshotStore implements Snapshots {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int WRITES_MAX = 4;
  private static final int KEPT = 2;
  private static final int GROWTH = 4;

  private final Disk disk;
  private final LogOptions options;
  private final SegmentedLog log;
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

  /// @param kept the whole snapshots on disk, oldest first
  /// @param replayedBytes how much of the log lies behind the newest of them
  SnapshotStore(
      Disk disk,
      LogOptions options,
      SegmentedLog log,
      List<SnapshotFile> kept,
      long replayedBytes,
      Consumer<LogTask> tasks,
      Runnable wake,
      Consumer<IOException> failed) {
    this.disk = disk;
    this.options = options;
    this.log = log;
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
    int writesUnderWay;
    boolean isSynced;
    boolean isNaming;
    @Nullable DiskFile file;

    Writing(int number, long replayFrom) {
      this.number = number;
      this.replayFrom = replayFrom;
      this.newest = replayFrom;
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
            () -> begun.file = disk.create(SnapshotFile.unfinishedName(begun.number)),
            () -> begun.writesUnderWay--,
            failed));
    SnapshotFile.writeHeader(begun.buffer, log.run(), replayFrom);
  }

  @Override
  public void part(RecordBody body) {
    Writing current = writing();
    int needed = SnapshotFile.PART_HEADER_BYTES + body.length();
    if (current.buffer.remaining() < needed) {
      write(current, false);
      if (current.buffer.remaining() < needed) {
        current.buffer = ByteBuffer.allocate(needed);
      }
    }
    current.newest = log.end();
    SnapshotFile.writePart(
        current.buffer, current.written + current.buffer.position(), current.newest, body);
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
              DiskFile file = current.file;
              if (file == null) {
                throw new IOException("a snapshot's file was not made");
              }
              file.write(offset, full);
              if (sync) {
                file.sync();
                file.close();
              }
            },
            () -> {
              current.writesUnderWay--;
              current.isSynced = sync;
              nameIfDurable(log.durable());
              wake.run();
            },
            failed));
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
            current.number, log.run(), current.replayFrom, current.newest, current.written);
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
    writing = null;
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
  public long stateNeededFrom() {
    return kept.size() < KEPT ? 0 : kept.getFirst().replayFrom();
  }
}
