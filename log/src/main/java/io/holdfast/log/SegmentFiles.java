package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes segments' files ready ahead of their use, and takes those that nobody wants: the newest
/// one is kept to be used again, so that a busy log neither makes nor deletes files.
final class SegmentFiles {
  private final Disk disk;
  private final LogOptions options;
  private final Consumer<LogTask> tasks;
  private final Consumer<IOException> failed;
  private final int run;
  private @Nullable Segment recyclable;

  SegmentFiles(
      Disk disk,
      LogOptions options,
      int run,
      Consumer<LogTask> tasks,
      Consumer<IOException> failed) {
    this.disk = disk;
    this.options = options;
    this.run = run;
    this.tasks = tasks;
    this.failed = failed;
  }

  /// Begins to make the segment after `previous` ready, twice its size up to the full one; tells
  /// `ready` on the loop.
  Segment prepareAfter(Segment previous, Runnable ready) {
    long capacity =
        Math.clamp(
            previous.capacity() * 2, options.firstSegmentBytes(), (long) options.segmentBytes());
    Segment next = new Segment(previous.number() + 1, run, capacity);
    Optional<Segment> used = takeRecyclable(capacity);
    DiskFile[] file = new DiskFile[1];
    tasks.accept(
        new Task(
            () -> file[0] = makeReady(next, used),
            () -> {
              next.ready(file[0]);
              ready.run();
            },
            failed));
    return next;
  }

  private Optional<Segment> takeRecyclable(long capacity) {
    Segment candidate = recyclable;
    if (candidate == null || candidate.capacity() != capacity) {
      return Optional.empty();
    }
    recyclable = null;
    return Optional.of(candidate);
  }

  /// The file may be there already: a run before this one had made it ready and not used it.
  private DiskFile makeReady(Segment next, Optional<Segment> used) throws IOException {
    DiskFile file;
    if (disk.list().contains(next.name())) {
      file = disk.open(next.name());
    } else if (used.isPresent()) {
      disk.rename(used.get().name(), next.name());
      file = disk.open(next.name());
    } else {
      file = disk.create(next.name());
    }
    file.reserve(next.capacity());
    disk.syncFolder();
    return file;
  }

  /// Nobody wants `segment` any more.
  void discard(Segment segment) {
    Segment deleted = segment;
    if (segment.capacity() == options.segmentBytes()) {
      deleted = recyclable;
      recyclable = segment;
    }
    Segment gone = deleted;
    tasks.accept(
        new Task(
            () -> {
              segment.file().close();
              if (gone != null) {
                disk.delete(gone.name());
              }
            },
            () -> {},
            failed));
  }
}
