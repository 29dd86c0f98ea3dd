package io.holdfast.log;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/// Writes sealed batches in order, and syncs. No segment is written to before the one before it is
/// synced.
final class Commit implements LogTask {
  private final List<SealedBatch> batches;
  private final RecordFrame frame;
  private final Runnable done;
  private final Consumer<IOException> failed;

  Commit(
      List<SealedBatch> batches, RecordFrame frame, Runnable done, Consumer<IOException> failed) {
    this.batches = batches;
    this.frame = frame;
    this.done = done;
    this.failed = failed;
  }

  @Override
  public Lane lane() {
    return Lane.COMMIT;
  }

  @Override
  public void run() throws IOException {
    Segment current = batches.getFirst().segment();
    for (SealedBatch batch : batches) {
      if (batch.segment() != current) {
        current.file().sync();
        current = batch.segment();
      }
      batch.write(frame);
    }
    current.file().sync();
  }

  @Override
  public void finished() {
    done.run();
  }

  @Override
  public void failed(IOException why) {
    failed.accept(why);
  }
}
