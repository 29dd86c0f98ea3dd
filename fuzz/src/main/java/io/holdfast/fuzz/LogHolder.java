package io.holdfast.fuzz;

import io.holdfast.log.Found;
import io.holdfast.log.LogListener;
import io.holdfast.log.LogOptions;
import io.holdfast.log.LogTask;
import io.holdfast.log.RecordBody;
import io.holdfast.log.RecordView;
import io.holdfast.log.Recovered;
import io.holdfast.log.RecoveryHandler;
import io.holdfast.log.RecoveryReport;
import io.holdfast.log.SegmentedLog;
import io.holdfast.log.Snapshots;
import io.holdfast.log.SpaceLimit;
import io.holdfast.log.disk.Disk;
import io.holdfast.protocol.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// A log that somebody holds open, and the records that it said it had when it was opened.
final class LogHolder implements LogListener, RecoveryHandler {
  static final LogOptions SMALL =
      new LogOptions(
          16 << 10, 64 << 10, 16 << 10, 16 << 10, 48 << 10, 0, 96 << 10, 0, SpaceLimit.NONE);
  private static final int TASKS_MAX = 10_000;

  private final List<Bytes> records = new ArrayList<>();
  private final List<Bytes> parts = new ArrayList<>();

  /// Where the records lie that have a key, as recovery told it.
  private final TreeMap<Long, Integer> keys = new TreeMap<>();

  private final Set<Long> damaged = new HashSet<>();
  private final ArrayDeque<LogTask> tasks = new ArrayDeque<>();
  private final boolean isHurt;
  private final SegmentedLog log;
  private final Snapshots snapshots;
  private final RecoveryReport report;
  private long lastPosition = -1;

  LogHolder(Disk disk) throws IOException {
    this(disk, false);
  }

  /// @param isHurt whether what lies on the disk may be damaged
  LogHolder(Disk disk, boolean isHurt) throws IOException {
    this.isHurt = isHurt;
    Recovered recovered = SegmentedLog.open(disk, SMALL, tasks::addLast, this, this);
    this.log = recovered.log();
    this.snapshots = recovered.snapshots();
    this.report = recovered.report();
  }

  SegmentedLog log() {
    return log;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  RecoveryReport report() {
    return report;
  }

  /// What recovery told, in its order.
  List<Bytes> records() {
    return records;
  }

  List<Bytes> parts() {
    return parts;
  }

  NavigableMap<Long, Integer> keys() {
    return keys;
  }

  /// Whether something was told to be damaged since the log is open.
  boolean isDamaged() {
    return !damaged.isEmpty();
  }

  /// Appends a record: its number, then `filler` more bytes.
  Bytes append(int number, int filler) {
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES + filler).putInt(number).array();
    log.append(number, new Body(bytes));
    return Bytes.own(bytes);
  }

  /// Has all that was appended durable, and all that was begun done.
  void settle() {
    log.flush();
    runTasks(() -> false);
    log.idle(true);
  }

  private void runTasks(BooleanSupplier isEnough) {
    for (int run = 0; !tasks.isEmpty() && !isEnough.getAsBoolean(); run++) {
      if (run == TASKS_MAX) {
        throw new AssertionError("the log's work comes to an end");
      }
      LogTask task = tasks.removeFirst();
      try {
        task.run();
      } catch (IOException e) {
        throw new AssertionError("memory does not fail", e);
      }
      task.finished();
    }
  }

  /// Looks for `wanted` in all of the log, `max` at a time, as far as nothing that is needed for it
  /// is damaged. Gives by what key each was found.
  Map<Long, Integer> find(int[] wanted, int max) {
    TreeMap<Long, Integer> all = new TreeMap<>();
    long from = 0;
    while (from < log.end()) {
      Optional<Found> some = find(wanted, from, max);
      if (some.isEmpty()) {
        break;
      }
      Found found = some.get();
      if (found.until() <= from || found.count() > max) {
        throw new AssertionError("a search goes on, and gives no more than it may");
      }
      for (int i = 0; i < found.count(); i++) {
        if (!all.isEmpty() && found.positions()[i] <= all.lastKey()) {
          throw new AssertionError("records are found in the order of their positions");
        }
        all.put(found.positions()[i], found.keys()[i]);
      }
      from = found.until();
    }
    return all;
  }

  private Optional<Found> find(int[] wanted, long from, int max) {
    List<Found> answers = new ArrayList<>();
    log.find(wanted, from, max, answers::add);
    runTasks(() -> !answers.isEmpty());
    if (answers.isEmpty() && damaged.isEmpty()) {
      throw new AssertionError("a search is answered, or says what is damaged");
    }
    return answers.stream().findFirst();
  }

  /// The record at `position`, if it is not damaged.
  Optional<Bytes> read(long position) {
    RecordView view = new RecordView();
    while (!log.read(position, view)) {
      if (damaged.contains(position)) {
        return Optional.empty();
      }
      if (tasks.isEmpty()) {
        throw new AssertionError("a record is read, or is damaged");
      }
      runTasks(() -> false);
    }
    return Optional.of(copy(view));
  }

  void close() throws IOException {
    settle();
    settle();
    log.close();
  }

  /// A record's or part's bytes as they are.
  record Body(byte[] bytes) implements RecordBody {
    @Override
    public int length() {
      return bytes.length;
    }

    @Override
    public void writeTo(ByteBuffer target) {
      target.put(bytes);
    }
  }

  @Override
  public void segment(long position) {}

  @Override
  public void snapshotPart(long position, RecordView part) {
    parts.add(copy(part));
  }

  @Override
  public void record(long oldPosition, long position, int key, RecordView record) {
    if (position <= lastPosition) {
      throw new AssertionError("records come in the order of their positions");
    }
    lastPosition = position;
    records.add(copy(record));
    if (key != 0) {
      keys.put(position, key);
    }
  }

  private static Bytes copy(RecordView view) {
    return Bytes.borrow(view.buffer(), view.offset(), view.length()).copy();
  }

  @Override
  public void durable(long position) {}

  @Override
  public void room() {}

  @Override
  public void readable() {}

  @Override
  public void failed(IOException why) {
    throw new AssertionError("memory does not fail", why);
  }

  @Override
  public void damaged(long position, String file, String why) {
    if (!isHurt) {
      throw new AssertionError("damage at %d of %s: %s".formatted(position, file, why));
    }
    damaged.add(position);
  }
}
