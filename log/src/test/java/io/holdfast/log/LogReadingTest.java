package io.holdfast.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NullUnmarked // a missing value fails the test anyway
class LogReadingTest {
  private final LogHarness harness = new LogHarness(1);

  @BeforeEach
  void writeALogWithOneSnapshot() throws IOException {
    harness.open();
    while (harness.disk.namesEndingWith(".snapshot").isEmpty()) {
      harness.append();
      harness.snapshotStep();
      harness.settle();
    }
    harness.log.close();
  }

  private LogReading.Beginning oldest() throws IOException {
    try (LogReading reading = LogReading.of(harness.disk)) {
      assertEquals(1, reading.newest().number());
      return reading.oldest();
    }
  }

  @Test
  void aLogOfWhichNothingWasLetGoBeginsWithItself() throws IOException {
    assertEquals(0, oldest().position());
  }

  /// Once the segments behind it are gone nothing but a snapshot tells that it held something.
  @Test
  void aKeptSegmentThatHoldsNothingIsToldToBeDamaged() throws IOException {
    List<String> segments = harness.disk.namesEndingWith(".log");
    harness.disk.delete(segments.get(2));
    harness.disk.delete(segments.get(1));
    harness.disk.create(segments.get(1)).reserve(4096);
    String said = assertThrows(DamagedLogException.class, this::oldest).getMessage();
    assertTrue(String.valueOf(said).startsWith(segments.get(1)), said);
  }

  /// A power cut may bring back the oldest segments of those that were let go, and not the others.
  @Test
  void aLogWithAGapBeginsWithItsSnapshot() throws IOException {
    List<String> segments = harness.disk.namesEndingWith(".log");
    assertTrue(segments.size() > 3, "several segments are there");
    harness.disk.delete(segments.get(1));
    assertEquals(1, oldest().number());
  }
}
