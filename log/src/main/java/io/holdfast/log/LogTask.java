package io.holdfast.log;

import java.io.IOException;

/// Blocking work that the log hands to its driver: `run` on a thread for blocking work, then
/// `finished` or `failed` on the log's own thread. The simulator runs both when it likes, in the
/// order of the lane.
public interface LogTask {
  Lane lane();

  /// Writes, syncs, reads. Touches nothing that the log's thread touches meanwhile.
  void run() throws IOException;

  /// `run` has returned. On the log's thread.
  void finished();

  /// `run` has thrown. On the log's thread.
  void failed(IOException why);

  /// The tasks of one lane run one after the other, in the order in which they were handed over.
  enum Lane {
    /// Batches: a publisher waits for each.
    COMMIT,
    /// Everything else: segments prepared and deleted, blocks read back, snapshots.
    BACKGROUND
  }
}
