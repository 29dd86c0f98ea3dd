package io.holdfast.fuzz;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Limits;
import io.holdfast.core.ListenerSettings;
import io.holdfast.core.QueueLimit;
import io.holdfast.log.DamagedLogException;
import io.holdfast.log.ForgedSnapshot;
import io.holdfast.log.Snapshots;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// Whatever lies in a snapshot, and whatever records the log vouches for: a broker starts on it, or
/// says that it is damaged, or that it holds what no broker writes (a broken invariant, which stops
/// the broker by name). It does not stumble, spin, or take memory for what a number announces.
///
/// A story of steps, each a byte and what belongs to it, see `Step`: first a snapshot and a log are
/// written, then the snapshot's file is changed.
public final class SnapshotFuzz {
  private static final List<Step> STEPS = List.of(Step.values());
  private static final int STEPS_MAX = 200;
  private static final long ALLOCATED_MIN = 32 << 20;

  /// Fourteen bytes of a target set's bitmap stand for 65,536 queues, which take 24 bytes each
  /// while they are read.
  private static final long ALLOCATED_PER_BYTE = 128 << 10;

  private static final Limits LIMITS = new Limits(20, 20, 20, 10, 10_000);
  private static final BrokerSettings SETTINGS =
      new BrokerSettings(5, 3, 1 << 16, 0, 60, 100, true, true, 10, QueueLimit.of(3), LIMITS);

  private final Input in;
  private final MemoryDisk disk = new MemoryDisk();
  private boolean hasBegun;

  /// What can happen; its place is its number.
  private enum Step {
    /// A record is appended: its length, its bytes.
    RECORD,
    /// A part of the snapshot, which is begun if need be: its length, its bytes.
    PART,
    /// The same, its length in two bytes.
    LONG_RECORD,
    LONG_PART,

    // From the first of these on the log is not open any more.

    /// A byte of the snapshot's file changes: offset in two bytes, value.
    BYTE,
    /// Bytes of it change: offset in two bytes, their number, they.
    BYTES,
    /// Its checksums are made to fit.
    SEAL,
    /// It ends early: its length in two bytes.
    CUT,
    /// It is replaced: number of bytes, they.
    FILE
  }

  private SnapshotFuzz(Input in) {
    this.in = in;
  }

  /// The fuzzer's way in.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Allocation.check(
        ALLOCATED_MIN + ALLOCATED_PER_BYTE * input.length,
        () -> new SnapshotFuzz(new Input(input)).tell());
  }

  private void tell() throws IOException {
    Step step = write();
    for (int steps = 0; !in.isAtEnd() && steps < STEPS_MAX; steps++) {
      change(step);
      step = step(in.next());
    }
    try {
      run();
    } catch (DamagedLogException | IllegalStateException said) {
      if (said.getMessage() == null) {
        throw said;
      }
    }
  }

  private static Step step(int number) {
    return STEPS.get(number % STEPS.size());
  }

  /// Gives the first step that changes the file.
  private Step write() throws IOException {
    LogHolder holder = new LogHolder(disk);
    Snapshots snapshots = holder.snapshots();
    Step step = step(in.next());
    for (int steps = 0; step.compareTo(Step.BYTE) < 0 && steps < STEPS_MAX; steps++) {
      switch (step) {
        case RECORD -> append(holder, in.takeCounted());
        case PART -> add(holder, in.takeCounted());
        case LONG_RECORD -> append(holder, in.take(in.next16()));
        default -> add(holder, in.take(in.next16()));
      }
      if (in.isAtEnd()) {
        break;
      }
      step = step(in.next());
    }
    if (hasBegun) {
      snapshots.complete();
    }
    holder.settle();
    return step;
  }

  private static void append(LogHolder holder, byte[] record) {
    holder.log().append(0, new LogHolder.Body(record));
  }

  private void add(LogHolder holder, byte[] part) {
    if (!hasBegun) {
      hasBegun = true;
      holder.snapshots().begin(holder.log().end());
    }
    holder.snapshots().part(new LogHolder.Body(part));
  }

  private void change(Step step) throws IOException {
    String name = "0000000001.snapshot";
    if (!disk.list().contains(name)) {
      return;
    }
    DiskFile file = disk.open(name);
    switch (step) {
      case BYTE -> file.write(in.next16() % file.size(), ByteBuffer.wrap(in.take(1)));
      case BYTES -> file.write(in.next16() % file.size(), ByteBuffer.wrap(in.takeCounted()));
      case SEAL -> new ForgedSnapshot(file).seal();
      case CUT -> {
        byte[] kept = new byte[(int) Math.min(file.size(), in.next16())];
        file.read(0, ByteBuffer.wrap(kept));
        replace(name, kept);
      }
      case FILE -> replace(name, in.takeCounted());
      default -> {
        // Too late for that.
      }
    }
  }

  private void replace(String name, byte[] content) throws IOException {
    disk.delete(name);
    disk.create(name).write(0, ByteBuffer.wrap(content.length == 0 ? new byte[1] : content));
  }

  /// A broker starts, somebody who may have a session connects, time passes, and it stops.
  private void run() throws IOException {
    MemoryBroker broker =
        new MemoryBroker(SETTINGS, new ListenerSettings(true, -1, true, "auto-"), disk, true);
    broker.turn();
    broker.runTasks();
    broker.packet(0, ShortPackets.connect(new Input(new byte[] {4, 63, 15})));
    broker.packet(0, ShortPackets.publish(new Input(new byte[] {1}), broker.version(0)));
    broker.turn();
    broker.runTasks();
    broker.answer(0);
    broker.passed(1 << 20);
    broker.restart();
    broker.turn();
  }
}
