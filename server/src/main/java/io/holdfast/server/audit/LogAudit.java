package io.holdfast.server.audit;

import io.holdfast.core.Audit;
import io.holdfast.core.AuditReport;
import io.holdfast.core.AuditedQueue;
import io.holdfast.log.DamagedLogException;
import io.holdfast.log.LogReading;
import io.holdfast.log.disk.FileDisk;
import io.holdfast.server.config.DataFolder;
import io.holdfast.server.config.DataFolderException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What an audit of a data folder has found (promise P9).
///
/// @param from what it was recomputed from
/// @param newest what a start begins with; the same as `from` where the log goes back no further
/// @param records how many were read from `from` on
/// @param queues sessions first, each kind by name
public record LogAudit(Beginning from, Beginning newest, long records, List<AuditedQueue> queues) {

  /// @param snapshot the name of its file; absent for the log's beginning
  /// @param position records count from here on
  public record Beginning(Optional<String> snapshot, long position) {
    private static Beginning of(LogReading.Beginning beginning) {
      return new Beginning(beginning.snapshot(), beginning.position());
    }
  }

  /// Whether every queue's law holds, and all that is told of each agrees.
  public boolean holds() {
    return queues.stream().allMatch(AuditedQueue::holds);
  }

  /// Audits the folder of a broker that does not run. Blocks, and takes as long as two starts.
  public static LogAudit of(Path folder) throws AuditException {
    try (DataFolder held = DataFolder.openForReading(folder)) {
      try {
        return read(held.path());
      } finally {
        held.checkStillAlone();
      }
    } catch (DataFolderException e) {
      throw new AuditException(String.valueOf(e.getMessage()), false, e);
    } catch (DamagedLogException e) {
      throw new AuditException(String.valueOf(e.getMessage()), true, e);
    } catch (IOException e) {
      throw new AuditException("%s cannot be read: %s".formatted(folder, e), false, e);
    }
  }

  private static LogAudit read(Path folder) throws IOException, AuditException {
    try (LogReading log = LogReading.of(FileDisk.readOnly(folder))) {
      if (log.isEmpty()) {
        throw new AuditException("%s holds no log of Holdfast.".formatted(folder));
      }
      return of(Audit.of(log));
    }
  }

  private static LogAudit of(AuditReport report) {
    return new LogAudit(
        Beginning.of(report.from()),
        Beginning.of(report.newest()),
        report.records(),
        report.queues());
  }
}
