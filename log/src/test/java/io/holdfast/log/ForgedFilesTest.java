package io.holdfast.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What has a checksum that matches and says what no log writes is not believed.
class ForgedFilesTest {
  private static final BatchHeader TRUE =
      new BatchHeader(5, 3, 7, 1L << 33, 1L << 32, 100, 2, 1_000, 1L << 33);

  @Test
  void aBatchThatALogWritesIsRead() {
    assertEquals(Optional.of(TRUE), readAgain(TRUE));
  }

  @Test
  void aBatchThatNoLogWritesIsNone() {
    List<BatchHeader> forged =
        List.of(
            new BatchHeader(8, 3, 7, 1L << 33, 1L << 32, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, 0, 7, 1L << 33, 1L << 32, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, Integer.MAX_VALUE, 7, 1L << 33, 1L << 32, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, 3, -7, 1L << 33, 1L << 32, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, 3, 7, -4096, 1L << 32, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, 3, 7, Long.MAX_VALUE - 4095, 1L << 32, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, 3, 7, (1L << 33) + 1, 1L << 32, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, 3, 7, 1L << 33, 1L << 34, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, 3, 7, 1L << 33, -1, 100, 2, 1_000, 1L << 33),
            new BatchHeader(5, 3, 7, 1L << 33, 1L << 32, -1, 2, 1_000, 1L << 33),
            new BatchHeader(5, 3, 7, 1L << 33, 1L << 32, 100, -2, 1_000, 1L << 33),
            new BatchHeader(5, 3, 7, 1L << 33, 1L << 32, 100, 2, 1_000, 1L << 34),
            new BatchHeader(5, 3, 7, 1L << 33, 1L << 32, 100, 2, 1_000, -1));
    for (BatchHeader header : forged) {
      assertEquals(Optional.empty(), readAgain(header), header::toString);
    }
  }

  private static Optional<BatchHeader> readAgain(BatchHeader header) {
    ByteBuffer buffer = ByteBuffer.allocate(BatchHeader.BYTES);
    header.writeTo(buffer, 0);
    return BatchHeader.read(buffer, 0);
  }

  @Test
  void aSnapshotThatNoLogWritesIsNotWhole() throws IOException {
    assertTrue(snapshot(1, 0, 0).isPresent());
    assertTrue(snapshot(1, 10, 20).isPresent());
    assertEquals(Optional.empty(), snapshot(0, 10, 20));
    assertEquals(Optional.empty(), snapshot(1, -1, 20));
    assertEquals(Optional.empty(), snapshot(1, 30, 20));
  }

  private static Optional<SnapshotFile> snapshot(int run, long replayFrom, long newest)
      throws IOException {
    MemoryDisk disk = new MemoryDisk();
    ByteBuffer content = ByteBuffer.allocate(SnapshotFile.HEADER_BYTES + 16);
    SnapshotFile.writeHeader(content, run, replayFrom);
    SnapshotFile.writeEnd(content, content.position(), newest);
    disk.create(SnapshotFile.name(1)).write(0, content.flip());
    return SnapshotFile.read(disk, 1, (position, buffer, offset, length) -> {}).whole();
  }

  @Test
  void aSegmentThatBeginsBeforeTheOneBeforeItIsDamage() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    segment(disk, new BatchHeader(5, 1, 1, 8192, 0, 0, 0, 0, 0));
    segment(disk, new BatchHeader(1, 1, 2, 4096, 0, 0, 0, 0, 0));
    assertThrows(
        DamagedLogException.class,
        () ->
            SegmentedLog.open(
                disk, LogHarness.SMALL, task -> {}, new LogHarness(1), new LogHarness(1)));
  }

  private static void segment(MemoryDisk disk, BatchHeader header) throws IOException {
    DiskFile file = disk.create(Segment.fileName(header.segment()));
    ByteBuffer buffer = ByteBuffer.allocate(Sector.BYTES);
    header.writeTo(buffer, 0);
    file.write(0, buffer);
  }
}
