package io.holdfast.fuzz;

import io.holdfast.log.DamagedLogException;
import io.holdfast.log.ForgedIndex;
import io.holdfast.log.ForgedSegment;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.MemoryDisk;
import io.holdfast.protocol.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Whatever lies on the disk, the log opens or says that it is damaged. A log that opened can be
/// written to, and says the same again when it is opened once more. What is looked for by its key
/// is found, or it is told what is damaged. Where nothing was forged, what it says is the beginning
/// of what was written, and what it finds was written under that key.
///
/// A story of steps, each a byte and what belongs to it, see `Step`: first a log is written, then
/// its files are changed.
public final class LogFuzz {
  private static final List<Step> STEPS = List.of(Step.values());
  private static final int STEPS_MAX = 200;
  private static final int FILES_MAX = 20;
  private static final int SECTOR = 4096;
  private static final int SECTORS = 32;
  private static final int ADDED = 3;
  private static final long ALLOCATED_MIN = 32 << 20;
  private static final long ALLOCATED_PER_BYTE = 1 << 20;

  private final Input in;
  private final MemoryDisk disk = new MemoryDisk();
  private final List<Bytes> written = new ArrayList<>();
  private boolean isHurt;
  private boolean isForged;

  /// What can happen; its place is its number.
  private enum Step {
    /// Records are appended: how many less one, their length in units of 16.
    APPEND,
    SETTLE,
    /// The log is closed if the next byte is odd, and opened again.
    REOPEN,
    /// A snapshot is written: how many parts.
    SNAPSHOT,
    /// The oldest segment is given up.
    DISCARD,

    // From the first of these on the log is not open any more.

    /// A byte changes: file, sector, offset (two bytes), value.
    BYTE,
    /// A field of a batch's header changes: file, sector, offset in units of four, value in four
    /// bytes.
    FIELD,
    /// The same in eight bytes.
    LONG_FIELD,
    /// Bytes are written: file, sector, their number, they.
    BYTES,
    /// A segment's or an index's checksums are made to fit: file.
    SEAL,
    /// A file goes: file.
    DELETE,
    /// A file ends early: file, sectors that are left.
    CUT,
    /// A file gets another name: file, number, see `numbered`.
    RENAME,
    /// A file is made of bytes: number, their number, they.
    FILE,
    /// A file is made as a copy: file, number.
    COPY,
    /// A file gets a name that the log does not give: file, which.
    MISNAME
  }

  private static final List<String> OTHER_NAMES =
      List.of(
          "x.log",
          "1.log",
          "+000000001.log",
          "-000000001.log",
          "2147483647.log",
          "0000000000.log",
          ".log",
          "0000000001.snapshot",
          "0000000009.snapshot.tmp",
          "-000000001.snapshot",
          "2147483647.snapshot",
          "holdfast.lock");

  /// These came later: bytes from here on mean them.
  private static final int INDEX_NAMES_FROM = 0xF0;

  private static final List<String> INDEX_NAMES =
      List.of("x.index", "1.index", "0000000000.index", "2147483647.index", "0000000001.index");

  private LogFuzz(Input in) {
    this.in = in;
  }

  /// The fuzzer's way in.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Allocation.check(
        ALLOCATED_MIN + ALLOCATED_PER_BYTE * input.length,
        () -> new LogFuzz(new Input(input)).tell());
  }

  private void tell() throws IOException {
    Step step = write();
    for (int steps = 0; !in.isAtEnd() && steps < STEPS_MAX; steps++) {
      change(step);
      step = step(in.next());
    }
    try {
      check(new LogHolder(disk, isHurt));
    } catch (DamagedLogException damaged) {
      if (damaged.getMessage() == null) {
        throw new AssertionError("damage is described", damaged);
      }
    }
  }

  private static Step step(int number) {
    return STEPS.get(number % STEPS.size());
  }

  /// Gives the first step that changes files.
  private Step write() throws IOException {
    LogHolder holder = new LogHolder(disk);
    Step step = step(in.next());
    for (int steps = 0; step.compareTo(Step.BYTE) < 0 && steps < STEPS_MAX; steps++) {
      switch (step) {
        case APPEND -> append(holder, 1 + in.next() % 16);
        case SETTLE -> holder.settle();
        case REOPEN -> {
          holder.settle();
          if ((in.next() & 1) != 0) {
            holder.close();
          }
          holder = new LogHolder(disk);
        }
        case SNAPSHOT -> snapshot(holder, in.next() % 4);
        default -> discardOldest(holder);
      }
      if (in.isAtEnd()) {
        break;
      }
      step = step(in.next());
    }
    holder.settle();
    return step;
  }

  private void append(LogHolder holder, int count) {
    int length = in.next() * 16;
    for (int i = 0; i < count; i++) {
      written.add(holder.append(written.size(), length));
    }
  }

  private static void snapshot(LogHolder holder, int parts) {
    if (holder.snapshots().isUnderWay()) {
      return;
    }
    holder.snapshots().begin(holder.log().end());
    for (int part = 0; part < parts; part++) {
      holder.snapshots().part(new LogHolder.Body(new byte[part * 100]));
    }
    holder.snapshots().complete();
    holder.settle();
  }

  private void discardOldest(LogHolder holder) {
    holder.settle();
    int oldest = holder.log().oldestSegment();
    long end = holder.log().segmentEnd(oldest);
    if (end < holder.log().end() && end <= holder.snapshots().stateNeededFrom()) {
      holder.log().discard(oldest);
      holder.settle();
    }
  }

  // Changes

  private void change(Step step) throws IOException {
    List<String> names = disk.list();
    if (names.isEmpty() || names.size() > FILES_MAX || step.compareTo(Step.BYTE) < 0) {
      return;
    }
    isHurt = true;
    String name = names.get(in.next() % names.size());
    switch (step) {
      case BYTE -> write(name, sector() + in.next16() % SECTOR, in.take(1));
      case FIELD -> forge(name, sector() + in.next() % 16 * 4, in.take(4));
      case LONG_FIELD -> forge(name, sector() + in.next() % 16 * 4, in.take(8));
      case BYTES -> forge(name, sector(), in.takeCounted());
      case SEAL -> {
        isForged = true;
        if (name.endsWith(".index")) {
          ForgedIndex.seal(disk.open(name));
        } else {
          new ForgedSegment(disk.open(name)).seal();
        }
      }
      case DELETE -> disk.delete(name);
      case CUT -> make(name, content(name, sector()));
      case RENAME -> {
        byte[] content = content(name, SECTORS * SECTOR);
        disk.delete(name);
        make(numbered(in.next()), content);
      }
      case FILE -> {
        isForged = true;
        make(name, in.takeCounted());
      }
      case COPY -> make(numbered(in.next()), content(name, SECTORS * SECTOR));
      default -> make(otherName(in.next()), content(name, SECTOR));
    }
  }

  private void write(String name, long offset, byte[] bytes) throws IOException {
    disk.open(name).write(offset, ByteBuffer.wrap(bytes));
  }

  private int sector() {
    return in.next() % SECTORS * SECTOR;
  }

  /// A fuzzer sees what it is compared with, and may write the checksum too.
  private void forge(String name, long offset, byte[] bytes) throws IOException {
    isForged = true;
    write(name, offset, bytes);
  }

  private byte[] content(String name, int bytesMax) throws IOException {
    DiskFile file = disk.open(name);
    byte[] bytes = new byte[(int) Math.min(file.size(), bytesMax)];
    file.read(0, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private void make(String name, byte[] content) throws IOException {
    if (disk.list().contains(name)) {
      disk.delete(name);
    }
    disk.create(name).write(0, ByteBuffer.wrap(content));
  }

  private static String otherName(int which) {
    return which < INDEX_NAMES_FROM
        ? OTHER_NAMES.get(which % OTHER_NAMES.size())
        : INDEX_NAMES.get((which - INDEX_NAMES_FROM) % INDEX_NAMES.size());
  }

  /// A segment's name, from 0x80 on a snapshot's, and from 0xC0 on an index's.
  private static String numbered(int number) {
    if (number >= 0xC0) {
      return "%010d.index".formatted(number & 0x3F);
    }
    return "%010d.%s".formatted(number & 0x7F, number < 0x80 ? "log" : "snapshot");
  }

  // What must hold

  private void check(LogHolder opened) throws IOException {
    if (!isForged) {
      checkSaid(opened.records());
    }
    checkFound(opened);
    List<Bytes> expected = new ArrayList<>(opened.records());
    for (int i = 0; i < ADDED; i++) {
      expected.add(opened.append(i, 96));
    }
    if (in.next() == 0) {
      opened.close();
    } else {
      opened.settle();
    }
    LogHolder again = new LogHolder(disk);
    if (!again.records().equals(expected) || !again.parts().equals(opened.parts())) {
      throw new AssertionError("a log that opened says the same when it is opened again");
    }
    again.close();
  }

  private void checkSaid(List<Bytes> said) {
    if (Collections.indexOfSubList(written, said) < 0) {
      throw new AssertionError(
          "%d records were written, and %d others are said".formatted(written.size(), said.size()));
    }
  }

  /// Some keys a few at a time, then all.
  private void checkFound(LogHolder opened) {
    checkFound(opened, new int[] {1, 2, 5, 17, 1_000_000}, 2);
    checkFound(opened, IntStream.range(1, written.size()).toArray(), 100);
  }

  private void checkFound(LogHolder opened, int[] keys, int max) {
    Map<Long, Integer> found = opened.find(keys, max);
    boolean isWhole = !opened.isDamaged();
    found.forEach((position, key) -> {
      Optional<Bytes> record = opened.read(position);
      if (!isForged && record.isPresent() && !record.get().equals(written.get(key))) {
        throw new AssertionError("what is found by " + key + " was written under it");
      }
    });
    opened
        .keys()
        .forEach((position, key) -> {
          if (!isForged
              && isWhole
              && Arrays.binarySearch(keys, key) >= 0
              && !key.equals(found.get(position))) {
            throw new AssertionError("the record at " + position + " is found by " + key);
          }
        });
  }
}
