package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FsyncProbeTest {
  @TempDir private Path folder = Path.of(".");

  @Test
  void everySyncIsTimedAndNothingIsLeft() throws Exception {
    Histogram nanos = FsyncProbe.probe(folder, 20);
    assertEquals(20, nanos.getTotalCount());
    assertTrue(nanos.getMinValue() > 0);
    assertArrayEquals(new String[0], folder.toFile().list());
  }
}
