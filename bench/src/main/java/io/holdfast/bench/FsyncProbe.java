package io.holdfast.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// How long a disk takes to make 4 KiB safe: one write and one `fdatasync`, into a file whose
/// blocks were written before, so that no sync has to wait for the file's length or new blocks.
@Command(
    name = "FsyncProbe",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Times write and fdatasync of 4 KiB in a folder.")
final class FsyncProbe implements Callable<Integer> {
  private static final int BLOCK_BYTES = 4096;
  private static final int FILE_BLOCKS = 4096;
  private static final long NANOS_MAX = 120_000_000_000L;

  @Parameters(paramLabel = "FOLDER", description = "on the disk to be measured")
  private Path folder = Path.of(".");

  @Option(names = "--count", defaultValue = "2000", description = "syncs; default: 2000")
  private int count;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new FsyncProbe()).execute(arguments));
  }

  @Override
  public Integer call() {
    try {
      Histogram nanos = probe(folder, count);
      System.out.printf(
          Locale.ROOT,
          "result fsync_p50_us=%.1f fsync_p99_us=%.1f fsync_max_us=%.1f%n",
          nanos.getValueAtPercentile(50) / 1e3,
          nanos.getValueAtPercentile(99) / 1e3,
          nanos.getMaxValue() / 1e3);
      return 0;
    } catch (IOException e) {
      System.err.println("no sync in " + folder + ": " + e);
      return 2;
    }
  }

  /// Times that many syncs, one after the other, each of the next block of a file that is gone
  /// afterwards. A tenth as many go before, uncounted.
  static Histogram probe(Path folder, int count) throws IOException {
    Path file = Files.createTempFile(folder, "fsync-probe", ".tmp");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
      for (int i = 0; i < FILE_BLOCKS; i++) {
        write(channel, block, i);
      }
      channel.force(true);
      Histogram nanos = new Histogram(100, NANOS_MAX, 3);
      for (int i = -count / 10; i < count; i++) {
        long start = System.nanoTime();
        write(channel, block, Math.floorMod(i, FILE_BLOCKS));
        channel.force(false);
        if (i >= 0) {
          nanos.recordValue(Math.min(NANOS_MAX, System.nanoTime() - start));
        }
      }
      return nanos;
    } finally {
      Files.delete(file);
    }
  }

  private static void write(FileChannel channel, ByteBuffer block, long index) throws IOException {
    block.clear();
    while (block.hasRemaining()) {
      channel.write(block, index * BLOCK_BYTES + block.position());
    }
  }
}
