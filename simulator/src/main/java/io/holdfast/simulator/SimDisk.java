package io.holdfast.simulator;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.NoSpaceException;
import io.holdfast.simulator.DiskFate.Call;
import io.holdfast.simulator.DiskFate.Verdict;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// A disk with one folder, which survives the process and the machine, but does so like a disk.
///
/// A process that dies leaves behind all that it wrote. A machine that loses power leaves what was
/// synced, and of the rest what chance wants: each write wholly, in some of its sectors or not at
/// all, each name that was made, changed or removed or not. After a failed sync what it was about
/// is readable until the power goes, and no later sync saves it.
final class SimDisk implements Disk {
  private static final String SNAPSHOT = ".snapshot";

  private final RandomGenerator random;
  private Map<String, SimFile> names = new TreeMap<>();
  private Map<String, SimFile> storedNames = new TreeMap<>();
  private final List<NameChange> unsynced = new ArrayList<>();
  private DiskFate fate = DiskFate.KIND;
  private long capacityBytes = Long.MAX_VALUE;

  /// Of the process that has the disk: files that an earlier one opened are closed.
  private int process;

  private int failures;
  private int refusals;
  private int reserveUses;

  SimDisk(RandomGenerator random) {
    this.random = random;
  }

  private sealed interface NameChange {
    record Made(String name, SimFile file) implements NameChange {}

    record Renamed(String from, String to) implements NameChange {}

    record Removed(String name) implements NameChange {}
  }

  // What the world does to it

  /// From now on `judge` decides on each call.
  void fate(DiskFate judge) {
    fate = judge;
  }

  /// How much all files together may hold.
  void capacity(long bytes) {
    capacityBytes = bytes;
  }

  /// How much they hold.
  long usedBytes() {
    long bytes = 0;
    for (SimFile file : names.values()) {
      bytes += file.size();
    }
    return bytes;
  }

  @Override
  public long usableBytes() {
    return capacityBytes == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(0, capacityBytes - usedBytes());
  }

  /// Whether there is an end to it.
  boolean isLimited() {
    return capacityBytes != Long.MAX_VALUE;
  }

  /// How many calls failed so far.
  int failures() {
    return failures;
  }

  /// How often there was no space left.
  int refusals() {
    return refusals;
  }

  /// How often a file of the log's reserve was used.
  int reserveUses() {
    return reserveUses;
  }

  /// The process that used it is no more.
  void processEnds() {
    process++;
  }

  /// The machine is without power. What an operator finds afterwards.
  void losePower() {
    process++;
    names = replayed(random);
    storedNames = new TreeMap<>(names);
    unsynced.clear();
    names.values().forEach(file -> file.losePower(random));
  }

  /// What the folder on the medium becomes if each change gets there or does not.
  private Map<String, SimFile> replayed(RandomGenerator chance) {
    Map<String, SimFile> result = new TreeMap<>(storedNames);
    for (NameChange change : unsynced) {
      if (chance.nextBoolean()) {
        apply(change, result);
      }
    }
    return result;
  }

  /// A change of what is not there, since an earlier change was lost, changes nothing.
  private static void apply(NameChange change, Map<String, SimFile> to) {
    switch (change) {
      case NameChange.Made made -> to.put(made.name, made.file);
      case NameChange.Renamed renamed -> {
        SimFile file = to.remove(renamed.from);
        if (file != null) {
          to.put(renamed.to, file);
        }
      }
      case NameChange.Removed removed -> to.remove(removed.name);
    }
  }

  /// Changes a bit by itself, of a file's first `length` bytes. False where it holds nothing.
  boolean flip(String name, int length) {
    SimFile file = names.get(name);
    return file != null && file.flip(random, length);
  }

  /// Whether a bit of some file is not as it was written that nothing else can replace.
  boolean isHurt() {
    return !hurt().isEmpty();
  }

  /// An operator puts back from a copy what had changed by itself.
  void restore() {
    names.values().forEach(SimFile::restore);
  }

  /// Names of the files of which some bit is not as it was written, but for indexes: those can be
  /// made anew.
  List<String> hurt() {
    return names.entrySet().stream()
        .filter(entry -> entry.getValue().isHurt() && !entry.getKey().endsWith(".index"))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// How large a file is, 0 where there is none.
  long bytesOf(String name) {
    SimFile file = names.get(name);
    return file == null ? 0 : file.size();
  }

  /// How large the largest file is of those whose names end with `suffix`.
  long largest(String suffix) {
    return names.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(suffix))
        .mapToLong(entry -> entry.getValue().size())
        .max()
        .orElse(0);
  }

  /// An operator takes a file away for good.
  void takeAway(String name) {
    names.remove(name);
    storedNames.remove(name);
  }

  /// The names that there are, without asking the disk.
  List<String> names() {
    return List.copyOf(names.keySet());
  }

  // What the log sees

  private void call(Call call, String name) throws IOException {
    Verdict verdict = fate.of(call, name);
    if (verdict == Verdict.STOPS) {
      throw new Stopped();
    }
    if (verdict == Verdict.FAILS) {
      throw failure(call, name);
    }
  }

  private IOException failure(Call call, String name) {
    failures++;
    return new IOException("the disk does not want to: " + call + " " + name);
  }

  @Override
  public List<String> list() throws IOException {
    call(Call.LIST, "");
    return names();
  }

  @Override
  public DiskFile open(String name) throws IOException {
    call(Call.OPEN, name);
    return new OpenFile(name, existing(name));
  }

  @Override
  public DiskFile create(String name) throws IOException {
    call(Call.CREATE, name);
    if (names.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    SimFile file = new SimFile();
    change(new NameChange.Made(name, file));
    return new OpenFile(name, file);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    call(Call.RENAME, to);
    SimFile unused = existing(from);
    reserveUses += from.endsWith(".reserve") ? 1 : 0;
    change(new NameChange.Renamed(from, to));
  }

  @Override
  public void delete(String name) throws IOException {
    call(Call.DELETE, name);
    SimFile unused = existing(name);
    checkTwoAreLeft(name);
    change(new NameChange.Removed(name));
  }

  /// A snapshot may go when two others are there whose names a power cut leaves.
  private void checkTwoAreLeft(String deleted) {
    long left =
        storedNames.keySet().stream()
            .filter(name -> name.endsWith(SNAPSHOT) && !name.equals(deleted))
            .count();
    if (deleted.endsWith(SNAPSHOT) && left < 2) {
      throw new Violation("P8", "a snapshot is deleted before two others are safe: " + deleted);
    }
  }

  private void change(NameChange change) {
    unsynced.add(change);
    apply(change, names);
  }

  private SimFile existing(String name) throws IOException {
    SimFile file = names.get(name);
    if (file == null) {
      throw new FileNotFoundException(name);
    }
    return file;
  }

  @Override
  public void syncFolder() throws IOException {
    Verdict verdict = fate.of(Call.SYNC_FOLDER, "");
    if (verdict == Verdict.STOPS) {
      throw new Stopped();
    }
    if (verdict == Verdict.FAILS) {
      storedNames = replayed(random);
      unsynced.clear();
      throw failure(Call.SYNC_FOLDER, "");
    }
    if (!unsynced.isEmpty()) {
      // The folder is written as it is now. Had nothing changed, nothing would be written.
      storedNames = new TreeMap<>(names);
      unsynced.clear();
    }
  }

  @Override
  public String toString() {
    return "the simulated disk";
  }

  private final class OpenFile implements DiskFile {
    private final String name;
    private final SimFile file;
    private final int openedBy = process;

    OpenFile(String name, SimFile file) {
      this.name = name;
      this.file = file;
    }

    private void checkOpen() {
      if (openedBy != process) {
        throw new IllegalStateException("a process that is gone uses " + name);
      }
    }

    @Override
    public long size() {
      checkOpen();
      return file.size();
    }

    @Override
    public void reserve(long bytes) throws IOException {
      checkOpen();
      call(Call.RESERVE, name);
      int missing = (int) bytes - file.size();
      if (missing > 0) {
        checkSpace(missing);
        file.writeZeros(file.size(), missing);
        sync();
      }
    }

    private void checkSpace(long more) throws IOException {
      if (more > 0 && more > usableBytes()) {
        refusals++;
        throw new NoSpaceException("no space left for " + name);
      }
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      checkOpen();
      call(Call.READ, name);
      return file.read(offset, target);
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      checkOpen();
      Verdict verdict = fate.of(Call.WRITE, name);
      if (verdict == Verdict.GOES_WELL) {
        long more = offset + source.remaining() - file.size();
        if (more > usableBytes() && name.endsWith(".log")) {
          throw new Violation("P6", "the log writes where it was granted no space: " + name);
        }
        checkSpace(more);
        file.write((int) offset, source, source.remaining());
        return;
      }
      int sectors = source.remaining() / SimFile.SECTOR_BYTES;
      file.write((int) offset, source, random.nextInt(sectors + 1) * SimFile.SECTOR_BYTES);
      if (verdict == Verdict.STOPS) {
        throw new Stopped();
      }
      throw failure(Call.WRITE, name);
    }

    @Override
    public void sync() throws IOException {
      checkOpen();
      switch (fate.of(Call.SYNC, name)) {
        case GOES_WELL -> file.sync();
        case STOPS -> throw new Stopped();
        case FAILS -> {
          file.failToSync(random);
          throw failure(Call.SYNC, name);
        }
      }
    }

    @Override
    public void close() {}
  }
}
