package io.holdfast.log;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // a missing value fails the test anyway
class IndexTest {
  private final LogHarness harness = new LogHarness(1);

  private void append(int count) {
    for (int i = 0; i < count; i++) {
      harness.append();
      if (i % 10 == 0) {
        harness.settle();
      }
    }
    harness.settle();
  }

  private List<String> indexes() {
    return harness.disk.namesEndingWith(".index");
  }

  @Test
  void recordsAreFoundByTheirKeysInSealedSegmentsAndInTheNewest() throws IOException {
    harness.open();
    append(1_500);
    assertTrue(indexes().size() > 5, "segments were sealed");
    harness.checkFound();
    harness.append();
    harness.checkFound();
  }

  @Test
  void recordsAreFoundAfterARestartOfAnyKind() throws IOException {
    harness.open();
    append(1_000);
    harness.disk.restart(false);
    harness.open();
    harness.checkFound();
    append(300);
    harness.disk.restart(true);
    harness.open();
    harness.checkFound();
    harness.log.close();
    harness.open();
    harness.checkFound();
  }

  /// A fleet that subscribes one by one makes a key for each message in between.
  @Test
  void recordsAreFoundAmongMoreKeysThanFitIntoTwoBytes() throws IOException {
    harness.open();
    append(300);
    harness.checkFoundAmong(70_000);
  }

  @Test
  void anIndexThatIsMissingIsMadeAnew() throws IOException {
    harness.open();
    append(1_000);
    for (String name : indexes()) {
      harness.disk.delete(name);
    }
    harness.disk.restart(false);
    harness.open();
    assertTrue(indexes().isEmpty());
    harness.checkFound();
    assertFalse(indexes().isEmpty());
  }

  @Test
  void anIndexThatIsHurtIsMadeAnew() throws IOException {
    harness.open();
    append(1_000);
    for (int offset : new int[] {3, 19, 33, 42, 50, 200}) {
      harness.disk.flip(indexes().get(1 + offset % 5), offset);
    }
    harness.disk.restart(false);
    harness.open();
    harness.checkFound();
  }

  /// Its checksums fit. It would have had the core read what is no record of that segment.
  @Test
  void anIndexThatNamesAPlaceBehindItsSegmentIsMadeAnew() throws IOException {
    harness.open();
    append(1_000);
    String name = indexes().get(2);
    ByteBuffer content = ByteBuffer.wrap(harness.disk.contentOf(name));
    content.putInt(2 * 4096, 1 << 30);
    IndexFile.seal(content);
    harness.disk.open(name).write(0, content);
    harness.disk.restart(false);
    harness.open();
    harness.checkFound();
  }

  /// A queue that did not take a message for its limit wants nothing of it, and the others may be
  /// done with it while that queue looks for more.
  @Test
  void whatIsDiscardedDuringASearchIsNotFound() throws IOException {
    harness.open();
    for (int i = 0; i < 3_000; i++) {
      harness.append();
      harness.snapshotStep();
      harness.settle();
    }
    int oldest = harness.log.oldestSegment();
    List<Found> all = new ArrayList<>();
    harness.log.find(new int[] {1, 2, 3, 4}, 0, 10_000, all::add);
    harness.discardUnwanted(number -> false);
    harness.settle();
    assertTrue(harness.log.oldestSegment() > oldest, "something is discarded");
    Found found = all.getFirst();
    for (long position : found.positions()) {
      assertTrue(harness.log.segmentOf(position) >= harness.log.oldestSegment());
    }
    assertTrue(found.until() > 0);
    harness.checkFound();
  }

  /// What was copied to the new run lies in the old segment too, whose index is not made before
  /// somebody asks: the segment that tells where it was cut has to stay as long.
  @Test
  void whatALaterRunCutOffIsFoundOnceWhateverIsLetGo() throws IOException {
    harness.open();
    append(1_000);
    harness.disk.restart(false);
    harness.open();
    assertTrue(harness.report.copied() > 0, "something was copied");
    for (int i = 0; i < 3_000; i++) {
      harness.append();
      harness.snapshotStep();
      harness.settle();
    }
    int cut = harness.log.segmentOf(harness.positions.get(990));
    harness.discardUnwanted(number -> harness.log.segmentOf(harness.positions.get(number)) == cut);
    harness.settle();
    for (String name : indexes()) {
      harness.disk.delete(name);
    }
    harness.disk.restart(false);
    harness.open();
    harness.checkFound();
    harness.discardUnwanted(number -> number > 3_000);
    harness.settle();
    assertFalse(indexes().contains("%010d.index".formatted(cut)));
    for (String index : indexes()) {
      assertTrue(harness.disk.namesEndingWith(".log").contains(index.replace("index", "log")));
    }
  }

  /// Without space for an index the segment's file itself is read: only once it holds all.
  @Test
  void aSegmentThatIsSealedAndNotWrittenYetIsNoDamage() throws IOException {
    harness.open();
    int first = harness.log.segmentOf(0);
    for (int i = 0; i < 90; i++) {
      harness.append();
    }
    assertTrue(harness.log.segmentOf(harness.positions.get(89)) > first, "a segment was sealed");
    harness.runAll(LogTask.Lane.BACKGROUND);
    harness.checkFound();
    harness.settle();
    harness.checkFound();
  }

  @Test
  void theIndexOfASegmentGoesWithIt() throws IOException {
    harness.open();
    for (int i = 0; i < 6_000; i++) {
      harness.append();
      if (i % 10 == 0) {
        harness.snapshotStep();
        harness.settle();
      }
    }
    int before = indexes().size();
    harness.discardUnwanted(number -> number == 100);
    harness.settle();
    assertTrue(indexes().size() < before / 2);
    harness.checkFound();
  }

  /// Without it the wrong records would seem to be all there are.
  @Test
  void aSegmentThatIsHurtAndHasNoIndexIsToldToBeDamaged() throws IOException {
    harness.open();
    append(1_000);
    String index = indexes().get(2);
    harness.disk.delete(index);
    harness.log.close();
    harness.open();
    harness.disk.flip(index.replace(".index", ".log"), 3 * 4096 + 70);
    harness.checkSearchIsDamaged();
  }

  /// The last batches of a segment have nothing behind them that tells of them, once the segments
  /// behind are gone.
  @Test
  void theEndOfASegmentIsKnownThoughTheOnesBehindItAreGone() throws IOException {
    harness.open();
    for (int i = 0; i < 3_000; i++) {
      harness.append();
      harness.snapshotStep();
      harness.settle();
    }
    int kept = harness.log.segmentOf(harness.positions.get(100));
    harness.discardUnwanted(number -> harness.log.segmentOf(harness.positions.get(number)) == kept);
    for (int i = 0; i < 3_000; i++) {
      harness.append();
      harness.snapshotStep();
      harness.settle();
    }
    assertFalse(harness.log.holdsSegment(kept + 1));
    harness.disk.delete("%010d.index".formatted(kept));
    harness.log.close();
    harness.open();
    String segment = "%010d.log".formatted(kept);
    harness.disk.flip(segment, lastBatchOf(segment));
    harness.checkSearchIsDamaged();
  }

  /// Recovery has no need to read it.
  @Test
  void theEndOfTheNewestSegmentIsKnownThoughASnapshotStandsForAllOfIt() throws IOException {
    harness.open();
    while (!harness.snapshots.isUnderWay()) {
      harness.append();
      harness.settle();
      harness.snapshotStep();
    }
    int number = harness.log.segmentOf(harness.log.end() - 1);
    while (harness.snapshots.isUnderWay()) {
      harness.snapshotStep();
      harness.settle();
    }
    for (int start = 0; start < 2; start++) {
      harness.disk.restart(false);
      harness.open();
    }
    String segment = "%010d.log".formatted(number);
    harness.disk.flip(segment, lastBatchOf(segment));
    harness.checkSearchIsDamaged(harness.log.segmentEnd(number - 1));
  }

  /// A run that was cut off whole leaves a gap in the numbers, which says nothing of the segment
  /// before it.
  @Test
  void theEndOfASegmentIsKnownThoughTheRunBehindItWasCutOff() throws IOException {
    harness.open();
    append(50);
    harness.log.idle(true);
    harness.settle();
    for (int start = 0; start < 3; start++) {
      harness.disk.restart(false);
      harness.open();
    }
    int number = harness.log.segmentOf(harness.positions.get(49));
    String kept = "%010d.log".formatted(number);
    assertFalse(harness.log.holdsSegment(number + 1), "there is a gap");
    for (int at = lastBatchOf(kept); at > 0; at -= 4096) {
      harness.disk.flip(kept, at);
    }
    assertFalse(indexes().contains(kept.replace(".log", ".index")), "its index is to be made");
    harness.checkSearchIsDamaged(harness.log.segmentEnd(number - 1));
  }

  private int lastBatchOf(String segment) {
    byte[] content = harness.disk.contentOf(segment);
    int at = content.length / 4096 * 4096 - 4096;
    while (content[at] != 'H') {
      at -= 4096;
    }
    return at;
  }
}
