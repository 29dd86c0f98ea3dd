package io.holdfast.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // a missing value fails the test anyway
class SegmentedLogTest {
  private final LogHarness harness = new LogHarness(1);

  @Test
  void whatIsDurableIsThereAfterAPowerCut() throws IOException {
    harness.open();
    IntStream.range(0, 300).forEach(i -> harness.append());
    harness.settle();
    assertEquals(300, harness.confirmedCount());
    harness.disk.restart(true);
    harness.open();
    assertEquals(300, harness.count());
  }

  @Test
  void whatWasNotSyncedIsNotCalledDurable() throws IOException {
    harness.open();
    harness.append();
    harness.log.flush();
    assertEquals(0, harness.confirmedCount());
    assertTrue(harness.log.durable() < harness.log.end());
    int before = harness.disk.syncs();
    harness.runTask(LogTask.Lane.COMMIT);
    assertEquals(before + 1, harness.disk.syncs());
    assertEquals(1, harness.confirmedCount());
  }

  @Test
  void aFailedSyncIsFinalAndNeverTriedAgain() throws IOException {
    harness.open();
    harness.append();
    harness.log.flush();
    harness.disk.failSyncs();
    harness.runTask(LogTask.Lane.COMMIT);
    assertNotNull(harness.failure);
    int syncs = harness.disk.syncs();
    harness.append();
    harness.log.flush();
    assertFalse(harness.runTask(LogTask.Lane.COMMIT));
    assertEquals(syncs, harness.disk.syncs());
    assertEquals(0, harness.confirmedCount());
  }

  @Test
  void whatIsReadBackBeyondTheKnownDurablePositionIsWrittenAnew() throws IOException {
    harness.open();
    IntStream.range(0, 5).forEach(i -> harness.append());
    harness.settle();
    harness.disk.restart(false);
    harness.open();
    assertEquals(5, harness.report.copied());
    harness.disk.restart(true);
    harness.open();
    assertEquals(5, harness.count());
    assertEquals(0, harness.report.copied());
  }

  @Test
  void anIdleLogTellsWhatIsDurableOnce() throws IOException {
    harness.open();
    harness.append();
    harness.settle();
    harness.log.idle(true);
    harness.settle();
    int syncs = harness.disk.syncs();
    harness.log.idle(true);
    harness.settle();
    assertEquals(syncs, harness.disk.syncs());
    harness.disk.restart(true);
    harness.open();
    assertEquals(0, harness.report.copied());
    assertEquals(1, harness.count());
  }

  @Test
  void aLogThatWasClosedCopiesNothing() throws IOException {
    harness.open();
    IntStream.range(0, 5).forEach(i -> harness.append());
    harness.settle();
    harness.log.close();
    harness.disk.restart(true);
    harness.open();
    assertEquals(0, harness.report.copied());
    assertEquals(5, harness.count());
  }

  @Test
  void recordsThatLeftMemoryAreReadBack() throws IOException {
    harness.open();
    for (int i = 0; i < 2_000; i++) {
      harness.append();
      if (i % 10 == 0) {
        harness.settle();
      }
    }
    harness.settle();
    assertFalse(harness.log.read(harness.positions.get(0), new RecordView()));
    for (int number = 0; number < 2_000; number++) {
      harness.checkReadable(number);
    }
  }

  /// A piece of 64 KiB for each, and often the next one too, once made of 100 messages in each of
  /// 100,000 queues a hundred times their size.
  @Test
  void aMessageThatLiesAloneIsReadWithLittleAroundIt() throws IOException {
    appendSmall();
    for (int number = 0; number < 2_000; number += 150) {
      long before = harness.disk.readBytes();
      harness.checkReadable(number);
      long read = harness.disk.readBytes() - before;
      assertTrue(read <= 2 * Sector.BYTES, number + " took " + read + " bytes");
    }
  }

  @Test
  void aBacklogIsReadOnce() throws IOException {
    appendSmall();
    long bytes = harness.positions.get(1_899) - harness.positions.get(0);
    long before = harness.disk.readBytes();
    for (int number = 0; number < 1_900; number++) {
      harness.checkReadable(number);
    }
    long read = harness.disk.readBytes() - before;
    assertTrue(read <= bytes + bytes / 8, read + " bytes were read of " + bytes);
  }

  private void appendSmall() throws IOException {
    harness.largest(700);
    harness.open();
    for (int i = 0; i < 2_000; i++) {
      harness.append();
      if (i % 10 == 0) {
        harness.settle();
      }
    }
    harness.settle();
  }

  /// Positions leap where a run begins: in the last segment of the run before, a damaged length may
  /// stay below the next segment's, however large it is.
  @Test
  void aDamagedLengthThatIsReadBackTakesNoMemory() throws IOException {
    harness.open();
    for (int i = 0; i < 200; i++) {
      harness.append();
      harness.settle();
    }
    harness.disk.restart(false);
    harness.open();
    long position = harness.positions.get(198);
    assertTrue(harness.log.segmentEnd(harness.log.segmentOf(position)) - position > 1L << 32);
    damage(198, 0);
    long before = allocatedBytes();
    harness.checkDamaged(198);
    assertTrue(allocatedBytes() - before < 1 << 20, "it said 16 MiB");
  }

  @Test
  void aLargeRecordThatIsDamagedIsNotShown() throws IOException {
    harness.open();
    for (int i = 0; i < 200; i++) {
      harness.append();
      harness.settle();
    }
    damage(96, 80_000);
    harness.checkDamaged(96);
  }

  /// Flips a bit in the byte at `offset` of a record, its header included.
  private void damage(int number, int offset) {
    long position = harness.positions.get(number);
    int segment = harness.log.segmentOf(position);
    long first = harness.log.segmentEnd(segment - 1);
    harness.disk.flip("%010d.log".formatted(segment), Math.toIntExact(position - first) + offset);
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void segmentsThatNobodyWantsGoAndWantedOnesStayReadable() throws IOException {
    harness.open();
    for (int i = 0; i < 6_000; i++) {
      harness.append();
      if (i % 10 == 0) {
        harness.snapshotStep();
        harness.settle();
      }
    }
    int before = harness.disk.namesEndingWith(".log").size();
    harness.discardUnwanted(number -> number == 100);
    harness.settle();
    assertTrue(harness.disk.namesEndingWith(".log").size() < before / 2);
    harness.checkReadable(100);
    harness.disk.restart(true);
    harness.open();
    harness.checkReadable(100);
    harness.checkReadable(5_999);
  }

  @Test
  void damageToWhatWasDurableRefusesTheStart() throws IOException {
    harness.open();
    for (int i = 0; i < 20; i++) {
      harness.append();
      harness.settle();
    }
    harness.disk.flip("0000000001.log", 3 * 4096 + 70);
    assertThrows(DamagedLogException.class, harness::open);
  }

  @Test
  void damageToTheFirstBatchOfASegmentRefusesTheStart() throws IOException {
    harness.open();
    for (int i = 0; i < 400; i++) {
      harness.append();
      harness.settle();
    }
    String last = harness.disk.namesEndingWith(".log").reversed().get(1);
    harness.disk.flip(last, 20);
    assertThrows(DamagedLogException.class, harness::open);
  }

  @Test
  void aLargeStateIsNotWrittenAllTheTimeBesideAFastLog() throws IOException {
    harness.open(1000);
    harness.log.time(5000);
    assertFalse(harness.snapshots.isDue());
    fillUntilDue();
    harness.snapshotStep();
    while (harness.snapshots.isUnderWay()) {
      harness.snapshotStep();
      harness.settle();
    }
    harness.log.time(5999);
    IntStream.range(0, 2000).forEach(i -> harness.append());
    harness.settle();
    assertFalse(harness.snapshots.isDue());
    harness.log.time(6000);
    assertTrue(harness.snapshots.isDue());
  }

  private void fillUntilDue() {
    while (!harness.snapshots.isDue()) {
      harness.append();
      harness.settle();
    }
  }

  /// Recovery needs no state from before the snapshots, but a message that is wanted lies there: a
  /// start went on without the segment, and the broker broke over it.
  @Test
  void damageToTheFirstBatchOfASegmentWithMessagesOnlyRefusesTheStart() throws IOException {
    harness.open();
    for (int i = 0; i < 3_000; i++) {
      harness.append();
      if (i % 10 == 0) {
        harness.snapshotStep();
        harness.settle();
      }
    }
    harness.discardUnwanted(number -> number == 100);
    harness.settle();
    harness.disk.flip(harness.disk.namesEndingWith(".log").getFirst(), 20);
    assertThrows(DamagedLogException.class, harness::open);
  }

  @Test
  void aMissingSegmentRefusesTheStart() throws IOException {
    harness.open();
    for (int i = 0; i < 400; i++) {
      harness.append();
      harness.settle();
    }
    harness.disk.delete("0000000002.log");
    assertThrows(DamagedLogException.class, harness::open);
  }

  /// Everything at once, from a seed: appends, commits, snapshots, discards, reads, crashes at any
  /// call, also within recovery, with and without loss of power.
  @Test
  void nothingDurableIsLostWhateverCrashes() throws IOException {
    Duration budget = Duration.ofMillis(Long.getLong("seeds.millis", 4_000));
    long until = System.nanoTime() + budget.toNanos();
    long seed = Long.getLong("seed", 0);
    int runs = 0;
    while (runs < 20 || System.nanoTime() < until) {
      try {
        story(seed);
      } catch (RuntimeException | IOException | AssertionError e) {
        throw new AssertionError("seed " + seed + " (-Dseed=" + seed + ")", e);
      }
      seed++;
      runs++;
    }
    System.out.println("crash stories told: " + runs);
  }

  /// A segment that a later run had cut off whole, and that a power cut then took, was once called
  /// damage.
  @Test
  void aSegmentThatALaterRunCutOffMayBeLost() throws IOException {
    story(1038);
  }

  /// Two starts in a row that each were killed before a sync, then a power cut: what the first of
  /// them had cut was once no longer known.
  @Test
  void aRunOfWhichNothingWasSyncedMayBeLost() throws IOException {
    story(2032);
  }

  /// The same with the very first run, so that the log seemed to lack its beginning.
  @Test
  void aFirstRunOfWhichNothingWasSyncedMayBeLost() throws IOException {
    story(3105);
  }

  /// Without the segment that tells where the one before was cut, what had been copied from there,
  /// and let go, was found again at its old place.
  @Test
  void whatWasCopiedAndLetGoIsNotFoundAtItsOldPlace() throws IOException {
    for (long seed : new long[] {60034, 60955, 61008, 63814}) {
      story(seed);
    }
  }

  private static void story(long seed) throws IOException {
    LogHarness told = new LogHarness(seed);
    for (int life = 0; life < 6; life++) {
      openThroughCrashes(told);
      told.checkFound();
      live(told);
      told.confirmed();
      told.disk.restart(told.random.nextInt(4) > 0);
      for (String index : told.disk.namesEndingWith(".index")) {
        int bytes = told.disk.contentOf(index).length;
        if (bytes > 0 && told.random.nextInt(8) == 0) {
          told.disk.flip(index, told.random.nextInt(bytes));
        }
      }
    }
    openThroughCrashes(told);
    told.checkFound();
  }

  private static void openThroughCrashes(LogHarness told) throws IOException {
    while (told.random.nextBoolean()) {
      told.disk.stopAfter(told.random.nextInt(60));
      try {
        told.open();
        told.disk.stopAfter(Integer.MAX_VALUE);
        return;
      } catch (DamagedLogException e) {
        throw e;
      } catch (IOException e) {
        told.disk.restart(told.random.nextBoolean());
      }
    }
    told.open();
  }

  private static void live(LogHarness told) throws IOException {
    int steps = told.random.nextInt(1_500);
    if (told.random.nextBoolean()) {
      told.disk.stopAfter(told.random.nextInt(3_000));
    }
    for (int step = 0; step < steps && told.failure == null; step++) {
      switch (told.random.nextInt(12)) {
        case 0, 1, 2, 3 -> told.append();
        case 4, 5 -> told.log.flush();
        case 6, 7 -> told.runTask(LogTask.Lane.COMMIT);
        case 8 -> told.runTask(LogTask.Lane.BACKGROUND);
        case 9 -> told.snapshotStep();
        case 10 -> {
          if (told.random.nextInt(20) == 0) {
            told.discardUnwanted(number -> number % 50 == 0);
          }
        }
        case 11 -> {
          told.log.idle(true);
          int wanted = told.random.nextInt(1 + told.count() / 50) * 50;
          if (wanted < told.confirmedCount() && told.failure == null) {
            told.checkReadable(wanted);
          }
        }
        default -> assertNull(told.failure);
      }
    }
    if (told.failure == null && told.random.nextInt(4) == 0) {
      told.settle();
      if (told.failure == null) {
        try {
          told.log.close();
        } catch (IOException e) {
          assertNotNull(e.getMessage());
        }
      }
    }
  }

  @Test
  void aLogThatLacksItsBeginningIsToldToBeDamaged() throws IOException {
    LogHarness told = new LogHarness(1);
    told.open();
    for (int i = 0; i < 1_000; i++) {
      told.append();
    }
    told.settle();
    told.log.close();
    told.disk.delete("0000000001.log");
    String said = assertThrows(DamagedLogException.class, told::open).getMessage();
    assertTrue(String.valueOf(said).contains("lacks the log between position 0 and "), said);
  }

  @Test
  void aFileWithANameThatTheLogWritesOtherwiseIsNotTakenForASegment() throws IOException {
    for (String name :
        List.of("1.log", "+000000001.log", "0000000000.log", "1.snapshot", "x.index")) {
      LogHarness other = new LogHarness(1);
      other.disk.create(name).reserve(4096);
      assertThrows(DamagedLogException.class, other::open, name);
    }
  }
}
