package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes segments' files ready ahead of their use, and takes those that nobody wants: the newest
/// one is kept to be used again, so that a busy log neither makes nor deletes files.
///
/// Where there is no space for a regular segment it makes a small one, for what must not be
/// refused; where there is none for that either, it takes one from the reserve; and where that is
/// used up, the next segment waits. It tries again once a second, and when a segment was given
/// back.
final class SegmentFiles {
  private static final int RETRY_MILLIS = 1000;

  private final Disk disk;
  private final LogOptions options;
  private final Consumer<LogTask> tasks;
  private final Consumer<IOException> failed;
  private final int run;
  private final Runnable changed;
  private final Reserve reserve;
  private GivesUp dispensable = () -> 0;

  /// Those whose files are not ready, in the order of their use; the last one stays when it is.
  private final ArrayDeque<Segment> ahead = new ArrayDeque<>();

  private @Nullable Segment recyclable;
  private boolean underWay;

  /// What a segment holds at least, whatever file it gets: so much may wait for it.
  private final long leastBytes;

  /// How large the next regular segment is: twice the one before, up to the full size.
  private long regularBytes;

  /// A record that needs a larger segment than the next one has asked for this much, 0 for none;
  /// and this much was not to be had.
  private long askedBytes;

  private long deniedBytes = Long.MAX_VALUE;
  private boolean reserveIsWhole;

  /// How much the reserve has to hold for a snapshot, and whether that was seen to.
  private long snapshotBytes;

  private boolean reserveIsLookedAt;
  private boolean lacksSpace;
  private long usedBytes;
  private long usableBytes = Long.MAX_VALUE;
  private long retryMillis;

  /// @param changed is told on the loop when a file is ready, or there is more space
  SegmentFiles(
      Disk disk,
      LogOptions options,
      int run,
      Consumer<LogTask> tasks,
      Runnable changed,
      Consumer<IOException> failed) {
    this.disk = disk;
    this.options = options;
    this.run = run;
    this.tasks = tasks;
    this.changed = changed;
    this.failed = failed;
    this.reserve = new Reserve(disk, options.reserveBytes());
    this.leastBytes = Math.min(options.reserveBytes(), options.firstSegmentBytes());
  }

  Reserve reserve() {
    return reserve;
  }

  /// Begins: `newest` is the newest segment, and the files there are hold `bytes`.
  void begin(Segment newest, long bytes, long snapshotReserveBytes) {
    usedBytes = bytes;
    snapshotBytes = snapshotReserveBytes;
    regularBytes = Math.min(2L * options.firstSegmentBytes(), options.segmentBytes());
    prepareAfter(newest);
  }

  private void prepareAfter(Segment previous) {
    ahead.addLast(new Segment(previous.number() + 1, run, leastBytes));
    goOn();
  }

  /// The segment to go on in. It may not be ready yet.
  Segment take() {
    Segment taken = ahead.getLast();
    if (taken.isReady()) {
      ahead.clear();
    }
    prepareAfter(taken);
    return taken;
  }

  /// The one that `take` will give.
  Segment next() {
    return ahead.getLast();
  }

  boolean reserveIsWhole() {
    return reserveIsWhole;
  }

  /// Whether regular segments were not to be had when last tried.
  boolean lacksSpace() {
    return lacksSpace;
  }

  /// Whether the disk is so full that some of the reserve is used.
  boolean usesReserve() {
    return lacksSpace && !reserveIsWhole;
  }

  /// Whether something is being done that may change what there is space for.
  boolean isUnderWay() {
    return underWay;
  }

  Space space() {
    return options.space().space(usedBytes, usableBytes);
  }

  /// A record needs a batch of `bytes`, which is more than the next segment has room for. Whether
  /// it may have it in time.
  boolean enlarge(int bytes) {
    if (bytes >= deniedBytes) {
      return false;
    }
    askedBytes = bytes;
    goOn();
    return true;
  }

  /// Nobody wants `segment` any more. What is under way may be using the one that was kept before.
  void discard(Segment segment) {
    deniedBytes = Long.MAX_VALUE;
    Segment deleted = segment;
    if (segment.capacity() == options.segmentBytes() && (recyclable == null || !underWay)) {
      deleted = recyclable;
      recyclable = segment;
    }
    Segment gone = deleted;
    usedBytes -= gone == null ? 0 : gone.capacity();
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
    goOn();
  }

  /// The snapshots that are kept take `bytes` more than before, and the next one is expected to
  /// take `nextBytes`.
  void snapshotsChanged(long bytes, long nextBytes) {
    usedBytes += bytes;
    reserveIsLookedAt &= nextBytes <= snapshotBytes;
    snapshotBytes = nextBytes;
    goOn();
  }

  /// Deletes what can be done without, in a task. Gives how many bytes are free for that.
  interface GivesUp {
    long giveUp() throws IOException;
  }

  /// What is given up before the reserve has to stay incomplete.
  void dispensable(GivesUp files) {
    dispensable = files;
  }

  /// Tells a task whether there is space for something that can be done without.
  interface Spare {
    boolean holds(long bytes) throws IOException;
  }

  /// What is spare now. The next segment's space is not.
  Spare spare() {
    boolean isSpare = reserveIsWhole;
    long used = usedBytes;
    return bytes ->
        isSpare && options.space().allows(bytes + options.segmentBytes(), used, disk.usableBytes());
  }

  /// The indexes take `bytes` more than before.
  void indexesChanged(long bytes) {
    usedBytes += bytes;
  }

  /// What the reserve held for a snapshot is used up.
  void snapshotReserveGone() {
    reserveIsWhole = false;
    reserveIsLookedAt = false;
  }

  /// The time, in milliseconds: tries again, once a second, what there was no space for.
  void time(long nowMillis) {
    if (nowMillis >= retryMillis && !underWay) {
      retryMillis = nowMillis + RETRY_MILLIS;
      deniedBytes = Long.MAX_VALUE;
      goOn();
    }
  }

  void close() throws IOException {
    if (next().isReady()) {
      next().file().close();
    }
  }

  // What is done for it

  /// Does the next thing, if there is one and nothing else is under way.
  private void goOn() {
    Segment first = ahead.getFirst();
    boolean isWanted = !first.isReady() || !first.isRegular() || first.capacity() < askedBytes;
    if (underWay || !(isWanted || !reserveIsWhole || !reserveIsLookedAt)) {
      return;
    }
    underWay = true;
    Preparing preparing = new Preparing(first);
    tasks.accept(new Task(preparing::run, () -> prepared(first, preparing), failed));
  }

  private void prepared(Segment segment, Preparing done) {
    underWay = false;
    usableBytes = done.usable;
    usedBytes += done.taken;
    reserveIsWhole = done.hasWholeReserve;
    reserveIsLookedAt = done.heldForSnapshot >= snapshotBytes;
    if (done.spareIsGone) {
      recyclable = null;
    }
    lacksSpace = !done.hasWholeReserve || done.file == null || !done.isRegular;
    DiskFile file = done.file;
    if (file != null) {
      segment.ready(file, done.bytes, done.isRegular);
      if (done.bytes < askedBytes) {
        deniedBytes = Math.min(deniedBytes, askedBytes);
      }
      askedBytes = 0;
      if (done.isRegular && !done.wasRegular) {
        regularBytes = Math.min(2 * regularBytes, options.segmentBytes());
      }
      if (segment != ahead.getLast()) {
        ahead.removeFirst();
        goOn();
      }
    }
    changed.run();
  }

  /// What one task does: it fills the reserve, then makes a segment ready or larger. The loop looks
  /// at what came of it once it is done.
  private final class Preparing {
    private final String name;
    private final long wantedBytes = Math.max(regularBytes, askedBytes);
    private final long heldForSnapshot = snapshotBytes;
    private final long used = usedBytes;
    private final @Nullable Segment spare = recyclable;
    private final boolean wasRegular;
    private boolean isRegular;
    private boolean hasWholeReserve = reserveIsWhole && reserveIsLookedAt;
    private boolean spareIsGone;
    private long usable = Long.MAX_VALUE;
    private long taken;
    private @Nullable DiskFile file;
    private long bytes;

    Preparing(Segment segment) {
      this.name = segment.name();
      this.wasRegular = segment.isRegular();
      this.isRegular = wasRegular;
      if (segment.isReady()) {
        this.bytes = segment.capacity();
        this.file = segment.file();
        segment.unready();
      }
    }

    void run() throws IOException {
      if (file == null && disk.list().contains(name)) {
        useWhatIsThere();
      }
      if (file == null && !hasWholeReserve && !reserve.hasSegment()) {
        // Without a segment to go on in no snapshot comes to its end, and nothing else is set free.
        makeSmall();
      }
      fillReserve();
      usable = disk.usableBytes();
      if (hasWholeReserve && (!isRegular || bytes < wantedBytes)) {
        try {
          makeRegular();
        } catch (NoSpaceException e) {
          usable = 0;
        }
      }
      if (file == null) {
        makeSmall();
      }
      disk.syncFolder();
    }

    private void fillReserve() throws IOException {
      hasWholeReserve = hasWholeReserve || reserve.fill(heldForSnapshot);
      if (!hasWholeReserve && spare != null) {
        disk.delete(spare.name());
        spareIsGone = true;
        taken -= spare.capacity();
        hasWholeReserve = reserve.fill(heldForSnapshot);
      }
      if (!hasWholeReserve) {
        taken -= dispensable.giveUp();
        hasWholeReserve = reserve.fill(heldForSnapshot);
      }
    }

    private void makeRegular() throws IOException {
      if (file == null && !spareIsGone && spare != null && spare.capacity() >= wantedBytes) {
        disk.rename(spare.name(), name);
        spareIsGone = true;
        file = disk.open(name);
        bytes = spare.capacity();
        isRegular = true;
        return;
      }
      long more = Math.max(0, wantedBytes - bytes);
      if (!options.space().allows(more, used + taken, usable)) {
        return;
      }
      if (file == null) {
        file = Reserve.make(disk, name, wantedBytes);
      } else {
        file.reserve(wantedBytes);
      }
      bytes += more;
      taken += more;
      isRegular = true;
    }

    /// A run before this one had made it ready and not used it, or died meanwhile.
    private void useWhatIsThere() throws IOException {
      DiskFile left = disk.open(name);
      if (left.size() < options.reserveBytes()) {
        left.close();
        disk.delete(name);
        return;
      }
      file = left;
      bytes = left.size();
      taken += bytes;
    }

    /// Beyond what is granted, but for what must not be refused. Where that does not go either, the
    /// segment stays without a file, and waits.
    private void makeSmall() throws IOException {
      bytes = options.reserveBytes();
      try {
        file = Reserve.make(disk, name, bytes);
      } catch (NoSpaceException e) {
        usable = 0;
        file = reserve.takeSegment(name);
        hasWholeReserve &= file == null;
      }
      taken += file == null ? 0 : bytes;
    }
  }
}
