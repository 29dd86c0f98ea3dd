package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.log.LogListener;
import io.holdfast.log.LogOptions;
import io.holdfast.log.LogTask;
import io.holdfast.log.RecordBody;
import io.holdfast.log.RecordView;
import io.holdfast.log.Recovered;
import io.holdfast.log.RecoveryHandler;
import io.holdfast.log.SegmentedLog;
import io.holdfast.log.Snapshots;
import io.holdfast.log.SpaceLimit;
import io.holdfast.simulator.DiskFate.Call;
import io.holdfast.simulator.DiskFate.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Starts of the log that seeds have found wanting.
class LogStartTest {
  private static final LogOptions SMALL =
      new LogOptions(8 << 10, 32 << 10, 8 << 10, 8 << 10, 16 << 10, 0, 1 << 20, 0, SpaceLimit.NONE);

  private final ArrayDeque<LogTask> tasks = new ArrayDeque<>();
  private final List<Integer> found = new ArrayList<>();

  private SegmentedLog open(SimDisk disk) throws IOException {
    return recover(disk).log();
  }

  private Recovered recover(SimDisk disk) throws IOException {
    tasks.clear();
    found.clear();
    return SegmentedLog.open(disk, SMALL, tasks::addLast, new Deaf(), new Finds());
  }

  /// All that was handed to the lanes, in its order.
  private void runTasks(SegmentedLog log) {
    log.flush();
    while (!tasks.isEmpty()) {
      LogTask task = tasks.removeFirst();
      try {
        task.run();
        task.finished();
      } catch (IOException e) {
        task.failed(e);
      }
      log.flush();
    }
  }

  private static RecordBody number(int value) {
    return new RecordBody() {
      @Override
      public int length() {
        return Integer.BYTES;
      }

      @Override
      public void writeTo(ByteBuffer target) {
        target.putInt(value);
      }
    };
  }

  /// The next segment's file was made, and the sync of the folder failed. The start after that took
  /// the file for its own since it was there, and its own sync of the folder had nothing to write.
  @Test
  void aFileWhoseNameMayNotBeSafeIsNotTheFirstOfARun() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      SimDisk disk = new SimDisk(new SplittableRandom(seed));
      SegmentedLog log = open(disk);
      disk.fate((call, name) -> call == Call.SYNC_FOLDER ? Verdict.FAILS : Verdict.GOES_WELL);
      runTasks(log);
      disk.fate(DiskFate.KIND);
      disk.processEnds();

      log = open(disk);
      log.append(1, number(42));
      runTasks(log);
      assertEquals(log.end(), log.durable());
      disk.losePower();

      open(disk);
      assertEquals(List.of(42), found);
    }
  }

  /// The last segment of a run could not be synced. The run after it cut that off, a power cut tore
  /// what was left, and when the segments had gone that told where it was cut, it looked damaged.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatALaterRunCutOffIsNoDamageToTheOnesAfterThat(boolean diesBeforeItIsDeleted)
      throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      SimDisk disk = new SimDisk(new SplittableRandom(seed));
      SegmentedLog log = open(disk);
      runTasks(log);
      disk.fate((call, name) ->
          call == Call.SYNC && name.equals("0000000002.log") ? Verdict.FAILS : Verdict.GOES_WELL);
      appendUntil(log, 2);
      for (int i = 0; i < 1_000; i++) {
        log.append(1, number(i));
      }
      runTasks(log);
      disk.fate(DiskFate.KIND);
      disk.processEnds();

      if (diesBeforeItIsDeleted) {
        disk.fate((call, name) ->
            call == Call.DELETE && name.equals("0000000002.log")
                ? Verdict.STOPS
                : Verdict.GOES_WELL);
        assertThrows(Stopped.class, () -> open(disk));
        disk.fate(DiskFate.KIND);
      } else {
        open(disk);
      }
      List<Integer> all = List.copyOf(found);
      disk.losePower();

      Recovered recovered = recover(disk);
      log = recovered.log();
      assertEquals(all, found);
      appendUntil(log, log.segmentOf(log.end()) + 2);
      takeSnapshot(log, recovered.snapshots());
      takeSnapshot(log, recovered.snapshots());
      int newest = log.segmentOf(log.end() - 1);
      for (int segment = log.oldestSegment(); segment < newest; segment++) {
        if (log.holdsSegment(segment)) {
          log.discard(segment);
        }
      }
      runTasks(log);
      disk.processEnds();

      open(disk);
      assertEquals(List.of(), found);
    }
  }

  /// The segments behind one that is kept for its messages are gone, since two snapshots have all
  /// of them. The first batch after that began a segment, and nothing told that it was synced, so
  /// the next run cut that segment off whole; then what came behind the kept one looked missing.
  @Test
  void whatIsGoneBehindAKeptSegmentIsNotMissedWhereTheSnapshotHasIt() throws IOException {
    SimDisk disk = new SimDisk(new SplittableRandom(1));
    Recovered recovered = recover(disk);
    SegmentedLog log = recovered.log();
    appendUntil(log, 3);
    runTasks(log);
    takeSnapshot(log, recovered.snapshots());
    takeSnapshot(log, recovered.snapshots());
    log.discard(2);
    runTasks(log);
    disk.processEnds();

    recovered = recover(disk);
    log = recovered.log();
    int full = log.segmentOf(log.end() - 1);
    log.append(1, number(7));
    runTasks(log);
    takeSnapshot(log, recovered.snapshots());
    takeSnapshot(log, recovered.snapshots());
    log.append(1, number(8));
    assertEquals(full + 1, log.segmentOf(log.end() - 1));
    runTasks(log);
    log.discard(3);
    log.discard(full);
    runTasks(log);
    disk.processEnds();

    open(disk);
    assertEquals(List.of(8), found);
    disk.processEnds();
    open(disk);
    assertEquals(List.of(8), found);
  }

  /// Until the log has come to `segment`, with what brought it there in memory only.
  private void appendUntil(SegmentedLog log, int segment) {
    log.append(1, number(0));
    while (log.segmentOf(log.end()) < segment) {
      runTasks(log);
      log.append(1, number(0));
    }
  }

  private void takeSnapshot(SegmentedLog log, Snapshots snapshots) {
    snapshots.begin(log.end());
    snapshots.complete();
    runTasks(log);
  }

  @Test
  void aDiskThatStopsEndsTheStart() throws IOException {
    SimDisk disk = new SimDisk(new SplittableRandom(1));
    disk.fate((call, name) -> call == Call.SYNC ? Verdict.STOPS : Verdict.GOES_WELL);
    assertThrows(Stopped.class, () -> open(disk));
  }

  private final class Finds implements RecoveryHandler {
    @Override
    public void segment(long position) {}

    @Override
    public void snapshotPart(long position, RecordView part) {
      throw new IllegalStateException("there is no snapshot");
    }

    @Override
    public void record(long oldPosition, long position, int key, RecordView record) {
      found.add(record.buffer().getInt(record.offset()));
    }
  }

  private static final class Deaf implements LogListener {
    @Override
    public void durable(long position) {}

    @Override
    public void room() {}

    @Override
    public void readable() {}

    @Override
    public void failed(IOException why) {}

    @Override
    public void damaged(long position, String file, String why) {
      throw new IllegalStateException(why);
    }
  }
}
