package io.holdfast.server;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A disk in memory that the test watches, holds back, fails, and takes the power from.
///
/// Knows what is safe: what was written before a sync began that has returned. To see that in
/// particular, give a message, a client id or a filter a _mark_: `mark-1`, `mark-2` and so on.
///
/// That names of files need a sync of their own is not looked at here. Any thread may call it.
final class WatchedDisk implements Disk {
  private static final Pattern MARK = Pattern.compile("mark-\\d+");
  private static final int COPIED_BYTES = 1 << 16;

  private final Syncs syncs;

  /// What reads see.
  private final MemoryDisk written;

  /// What is left when the power goes.
  private final MemoryDisk safe;

  private final Set<String> safeMarks = new HashSet<>();
  private Predicate<Set<String>> heldIf = marks -> false;
  private Fault fault = Fault.NONE;
  private long begun;
  private long safeFromNanos = Long.MIN_VALUE;
  private boolean hasFailed;
  private long callsAfterFault;

  /// How the broker that runs on it syncs.
  enum Syncs {
    AS_IT_SHOULD,
    /// As a build would that leaves the sync out.
    NOT_AT_ALL,
    /// As a build would that syncs and then writes.
    BEFORE_IT_WRITES
  }

  /// What does not work any more.
  enum Fault {
    NONE,
    SYNC,
    WRITE,
    /// There is no room for more files, and those that are there can be written to.
    NEW_FILES
  }

  WatchedDisk(Syncs syncs) {
    this(syncs, new MemoryDisk());
  }

  private WatchedDisk(Syncs syncs, MemoryDisk content) {
    this.syncs = syncs;
    this.written = content;
    this.safe = copyOf(content);
  }

  /// What a machine finds whose power was cut.
  WatchedDisk afterPowerCut() {
    return new WatchedDisk(syncs, copyOf(safe));
  }

  /// What the next broker finds after one was killed.
  WatchedDisk afterKill() {
    return new WatchedDisk(syncs, copyOf(written));
  }

  private static MemoryDisk copyOf(MemoryDisk disk) {
    MemoryDisk copy = new MemoryDisk();
    try {
      for (String name : disk.list()) {
        DiskFile from = disk.open(name);
        DiskFile to = copy.create(name);
        to.reserve(from.size());
        ByteBuffer part = ByteBuffer.allocate(COPIED_BYTES);
        for (long at = 0; at < from.size(); at += COPIED_BYTES) {
          from.read(at, part.clear());
          to.write(at, part.flip());
        }
      }
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
    return copy;
  }

  // What the test does to it

  /// No sync returns that covers such marks, until `hold` is called again.
  synchronized void hold(Predicate<Set<String>> covered) {
    heldIf = covered;
    notifyAll();
  }

  synchronized void holdAll() {
    hold(marks -> true);
  }

  synchronized void letGo() {
    hold(marks -> false);
  }

  synchronized void fail(Fault now) {
    fault = now;
  }

  /// How often the broker wanted a sync.
  synchronized long begun() {
    return begun;
  }

  /// Waits until the broker wants one more sync than `before`.
  synchronized void awaitBegun(long before) throws InterruptedException {
    long deadlineNanos = Patience.deadlineNanos();
    while (begun <= before) {
      wait(Patience.leftMillis("the broker wants a sync", deadlineNanos));
    }
  }

  synchronized boolean isSafe(String mark) {
    return safeMarks.contains(mark);
  }

  /// Whether a sync has returned that began at this time or later.
  synchronized boolean hasSyncedSince(long nanos) {
    return safeFromNanos - nanos >= 0;
  }

  /// How often it was written to or synced after something had failed.
  synchronized long callsAfterFault() {
    return callsAfterFault;
  }

  // What the broker does to it

  @Override
  public List<String> list() {
    return written.list();
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new WatchedFile(written.open(name), safe.open(name));
  }

  @Override
  public synchronized DiskFile create(String name) throws IOException {
    failIf(fault == Fault.NEW_FILES, name);
    return new WatchedFile(written.create(name), safe.create(name));
  }

  private void failIf(boolean fails, String what) throws IOException {
    if (fails) {
      hasFailed = true;
      throw new IOException(what + ": No space left on device");
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    written.rename(from, to);
    safe.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    written.delete(name);
    safe.delete(name);
  }

  @Override
  public long usableBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public void syncFolder() {}

  @Override
  public String toString() {
    return "the test's disk";
  }

  private record Write(long offset, byte[] bytes) {}

  private static Set<String> marksIn(List<Write> writes) {
    Set<String> marks = new HashSet<>();
    for (Write write : writes) {
      Matcher matcher = MARK.matcher(new String(write.bytes(), StandardCharsets.ISO_8859_1));
      while (matcher.find()) {
        marks.add(matcher.group());
      }
    }
    return marks;
  }

  private final class WatchedFile implements DiskFile {
    private final DiskFile file;
    private final DiskFile safeFile;
    private List<Write> unsynced = new ArrayList<>();
    private List<Write> late = new ArrayList<>();

    WatchedFile(DiskFile file, DiskFile safeFile) {
      this.file = file;
      this.safeFile = safeFile;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void reserve(long bytes) throws IOException {
      synchronized (WatchedDisk.this) {
        failIf(fault == Fault.NEW_FILES && bytes > file.size(), "reserve");
        file.reserve(bytes);
        safeFile.reserve(bytes);
      }
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      return file.read(offset, target);
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      synchronized (WatchedDisk.this) {
        countIfFailed();
        failIf(fault == Fault.WRITE, "write");
        file.write(offset, ByteBuffer.wrap(bytes));
        unsynced.add(new Write(offset, bytes));
      }
    }

    private void countIfFailed() {
      if (hasFailed) {
        callsAfterFault++;
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (WatchedDisk.this) {
        begun++;
        countIfFailed();
        WatchedDisk.this.notifyAll();
        if (syncs == Syncs.NOT_AT_ALL) {
          return;
        }
        long beganNanos = System.nanoTime();
        List<Write> covered = covered();
        Set<String> marks = marksIn(covered);
        awaitAllowed(marks);
        if (fault == Fault.SYNC) {
          hasFailed = true;
          throw new IOException("sync: Input/output error");
        }
        for (Write write : covered) {
          safeFile.write(write.offset(), ByteBuffer.wrap(write.bytes()));
        }
        safeMarks.addAll(marks);
        safeFromNanos = Math.max(safeFromNanos, beganNanos);
      }
    }

    private List<Write> covered() {
      List<Write> now = unsynced;
      unsynced = new ArrayList<>();
      if (syncs == Syncs.BEFORE_IT_WRITES) {
        List<Write> before = late;
        late = now;
        return before;
      }
      return now;
    }

    private void awaitAllowed(Set<String> marks) throws IOException {
      try {
        while (heldIf.test(marks)) {
          WatchedDisk.this.wait();
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
