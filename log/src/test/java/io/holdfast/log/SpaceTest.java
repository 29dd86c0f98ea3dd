package io.holdfast.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// What the log does where the disk, or what of it is granted, has an end (promise P6).
@NullUnmarked // a missing value fails the test anyway
class SpaceTest {
  private static final int RECORD_BYTES = 700;
  private static final int STEPS_MAX = 100_000;

  private final LogHarness harness = new LogHarness(1);
  private long millis = 1;

  SpaceTest() {
    harness.largest(RECORD_BYTES);
  }

  private Grant grant() {
    return harness.log.grant(RECORD_BYTES);
  }

  /// Appends what is granted until nothing is.
  private void fill() {
    until(() -> {
      if (grant() == Grant.GRANTED) {
        harness.append();
      } else {
        harness.settle();
      }
      return grant() == Grant.REFUSED;
    });
    harness.settle();
  }

  /// A second passes.
  private void time() {
    millis += 1000;
    harness.log.time(millis);
    harness.settle();
  }

  private static void until(BooleanSupplier over) {
    for (int steps = 0; !over.getAsBoolean(); steps++) {
      assertTrue(steps < STEPS_MAX, "it comes to an end");
    }
  }

  /// Snapshots, and lets go of all that nobody wants.
  private void free(java.util.function.IntPredicate wanted) {
    for (int steps = 0; steps < 50; steps++) {
      harness.snapshotStep();
      time();
      harness.discardUnwanted(wanted);
    }
  }

  private static LogOptions within(SpaceLimit limit) {
    return within(limit, LogHarness.SMALL.reserveBytes());
  }

  private static LogOptions within(SpaceLimit limit, int reserveBytes) {
    LogOptions small = LogHarness.SMALL;
    return new LogOptions(
        small.firstSegmentBytes(),
        small.segmentBytes(),
        reserveBytes,
        small.chunkBytes(),
        small.tailBytes(),
        small.cacheBytes(),
        small.snapshotDueBytes(),
        small.snapshotDueMillis(),
        limit);
  }

  @Test
  void nothingIsGrantedBeforeTheReserveIsThere() throws IOException {
    harness.open();
    assertEquals(Grant.LATER, grant());
    harness.settle();
    assertEquals(Grant.GRANTED, grant());
    assertTrue(harness.rooms > 0, "the driver is told");
  }

  @Test
  void aFullDiskRefusesAndLosesNothingAndNothingFails() throws IOException {
    harness.open();
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes() + (300 << 10));
    fill();
    assertEquals(harness.count(), harness.confirmedCount());
    assertNull(harness.failure);
    int count = harness.count();
    assertTrue(count > 100, "what there was space for is there: " + count);
    harness.disk.restart(true);
    harness.open();
    assertEquals(count, harness.count());
  }

  @Test
  void whatMustNotBeRefusedGoesOnWithoutAByteOfFreeSpace() throws IOException {
    harness.open();
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes());
    fill();
    int count = harness.count();
    for (int i = 0; i < 10; i++) {
      // Each alone, so that it takes a batch of its own.
      harness.append();
      time();
    }
    assertEquals(count + 10, harness.confirmedCount());
    assertNull(harness.failure);
    assertEquals(Grant.REFUSED, grant());
    harness.disk.restart(true);
    harness.open();
    assertEquals(count + 10, harness.count());
  }

  /// Each batch takes a sector of the reserve.
  @Test
  void whereTheReserveIsUsedAnIdleLogTellsWhatIsDurableAtOnceOnlyIfSomebodyWaits()
      throws IOException {
    harness.open();
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes());
    fill();
    harness.append();
    time();
    long settled = harness.log.settled();
    harness.log.idle(false);
    time();
    assertEquals(settled, harness.log.settled());
    harness.log.idle(true);
    time();
    assertTrue(harness.log.settled() > settled, "somebody waited");
    harness.append();
    for (int second = 0; second < 10; second++) {
      time();
    }
    settled = harness.log.settled();
    harness.log.idle(false);
    time();
    assertTrue(harness.log.settled() > settled, "a while has passed");
  }

  /// A larger segment is for what is granted, and nothing is before the reserve is whole.
  @Test
  void spaceThatComesBackIsTheReservesFirst() throws IOException {
    int reserveBytes = 48 << 10;
    harness.open(within(SpaceLimit.NONE, reserveBytes));
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes());
    fill();
    int whole = harness.disk.namesEndingWith(".reserve").size();
    while (harness.disk.namesEndingWith(".reserve").size() > whole - 2) {
      harness.append();
      harness.settle();
    }
    long used = harness.disk.usedBytes();
    harness.disk.capacity(used + reserveBytes - (8 << 10));
    time();
    harness.disk.capacity(used + reserveBytes);
    time();
    assertEquals(whole - 1, harness.disk.namesEndingWith(".reserve").size());
  }

  @Test
  void snapshotsSetTheReserveFreeAgainForAsLongAsItTakes() throws IOException {
    harness.open(within(SpaceLimit.NONE, 48 << 10));
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes());
    fill();
    int wantedBefore = harness.count();
    for (int i = 0; i < 400; i++) {
      harness.append();
      harness.snapshotStep();
      time();
      harness.discardUnwanted(number -> number < wantedBefore);
      assertNull(harness.failure);
    }
    assertEquals(harness.count(), harness.confirmedCount());
    assertEquals(Grant.REFUSED, grant());
  }

  @Test
  void whatIsGivenBackIsGrantedAgain() throws IOException {
    harness.open();
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes() + (300 << 10));
    fill();
    int rooms = harness.rooms;
    free(number -> false);
    assertEquals(Grant.GRANTED, grant());
    assertTrue(harness.rooms > rooms, "the driver is told");
    int before = harness.count();
    fill();
    assertTrue(harness.count() > before, "there was space for more");
  }

  @Test
  void spaceThatOthersGiveBackIsSeenWithinASecond() throws IOException {
    harness.open();
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes());
    fill();
    time();
    assertEquals(Grant.REFUSED, grant());
    harness.disk.capacity(Long.MAX_VALUE);
    time();
    assertEquals(Grant.GRANTED, grant());
  }

  @Test
  void theLimitOfTheOperatorIsKeptAndNotNeededForWhatMustNotBeRefused() throws IOException {
    harness.open(within(new SpaceLimit(400 << 10, 0)));
    harness.settle();
    fill();
    assertTrue(harness.log.space().usedBytes() <= 400 << 10);
    assertTrue(harness.log.space().fullness() > 0.8);
    int count = harness.count();
    for (int i = 0; i < 100; i++) {
      harness.append();
      harness.settle();
    }
    assertEquals(count + 100, harness.confirmedCount());
    assertNull(harness.failure);
  }

  @Test
  void whatIsKeptFreeForOthersStaysFree() throws IOException {
    harness.disk.capacity(1 << 20);
    harness.open(within(new SpaceLimit(SpaceLimit.UNLIMITED, 300 << 10)));
    harness.settle();
    fill();
    int beyond = LogHarness.SMALL.reserveBytes();
    assertTrue(
        harness.disk.usableBytes() >= (300 << 10) - beyond, "free: " + harness.disk.usableBytes());
    assertTrue(harness.disk.usableBytes() < 500 << 10, "free: " + harness.disk.usableBytes());
  }

  @Test
  void aRecordLargerThanASegmentGetsOneMadeForIt() throws IOException {
    harness.open();
    harness.settle();
    assertEquals(Grant.LATER, harness.log.grant(90_000));
    harness.settle();
    assertEquals(Grant.GRANTED, harness.log.grant(90_000));
  }

  @Test
  void aRecordThatThereIsNoSpaceForIsRefusedAndSmallerOnesAreNot() throws IOException {
    harness.open();
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes() + (50 << 10));
    assertEquals(Grant.LATER, harness.log.grant(900_000));
    harness.settle();
    assertEquals(Grant.REFUSED, harness.log.grant(900_000));
    assertEquals(Grant.GRANTED, grant());
    harness.disk.capacity(Long.MAX_VALUE);
    time();
    assertEquals(Grant.LATER, harness.log.grant(900_000));
    harness.settle();
    assertEquals(Grant.GRANTED, harness.log.grant(900_000));
  }

  @Test
  void aStartOnAFullDiskUsesTheReserveUntilThatIsUsedUpAndSaysSoThen() throws IOException {
    harness.open();
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes());
    fill();
    NoSpaceException refused =
        assertThrows(
            NoSpaceException.class,
            () -> {
              for (int starts = 0; starts < 100; starts++) {
                int count = harness.confirmedCount();
                harness.disk.restart(false);
                harness.open();
                assertEquals(count, harness.count());
                harness.append();
                time();
              }
            });
    assertTrue(String.valueOf(refused.getMessage()).contains("cannot start"), refused.getMessage());
    int count = harness.confirmedCount();
    harness.disk.capacity(Long.MAX_VALUE);
    harness.disk.restart(false);
    harness.open();
    harness.settle();
    assertEquals(count, harness.count());
    assertEquals(Grant.GRANTED, grant());
  }

  @Test
  void aSnapshotThatThereIsNoSpaceForIsGivenUpAndLeavesNothingBehind() throws IOException {
    harness.open();
    harness.settle();
    harness.disk.capacity(harness.disk.usedBytes() + (300 << 10));
    fill();
    // The state is larger than what is held for a snapshot.
    harness.disk.capacity(0);
    harness.disk.namesEndingWith("snapshot.reserve").forEach(this::delete);
    harness.snapshotStep();
    for (int steps = 0; steps < 10; steps++) {
      harness.snapshotStep();
      harness.settle();
    }
    assertNull(harness.failure);
    assertFalse(harness.snapshots.isUnderWay());
    assertTrue(harness.disk.namesEndingWith(".tmp").isEmpty());
    harness.disk.capacity(Long.MAX_VALUE);
    for (int steps = 0; steps < 20; steps++) {
      time();
      harness.snapshotStep();
    }
    assertFalse(harness.disk.namesEndingWith(".snapshot").isEmpty());
  }

  private void delete(String name) {
    try {
      harness.disk.delete(name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
