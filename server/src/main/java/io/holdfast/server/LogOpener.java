package io.holdfast.server;

import io.holdfast.log.LogListener;
import io.holdfast.log.LogTask;
import io.holdfast.log.Recovered;
import io.holdfast.log.RecoveryHandler;
import java.io.IOException;
import java.util.function.Consumer;

/// Opens the log that a broker stands on.
interface LogOpener {
  /// Blocks. On the loop's thread.
  Recovered open(Consumer<LogTask> tasks, LogListener listener, RecoveryHandler handler)
      throws IOException;
}
