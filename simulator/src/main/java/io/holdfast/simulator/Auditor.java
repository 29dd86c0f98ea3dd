package io.holdfast.simulator;

import io.holdfast.core.Audit;
import io.holdfast.core.AuditReport;
import io.holdfast.core.AuditedQueue;
import io.holdfast.log.DamagedLogException;
import io.holdfast.log.LogReading;
import java.io.IOException;
import java.util.List;

/// Audits what lies on a disk that no process has, as an operator would before a start (P9): it
/// finds nothing wrong where nothing is, and changes nothing.
final class Auditor {
  private static final List<DiskFate.Call> LOOKS =
      List.of(DiskFate.Call.LIST, DiskFate.Call.OPEN, DiskFate.Call.READ);

  private Auditor() {}

  /// Whether there was an older snapshot to recompute from.
  static boolean audit(SimDisk disk) {
    disk.fate((call, name) -> {
      if (!LOOKS.contains(call)) {
        throw new Violation("P9", "an audit changes something: " + call + " " + name);
      }
      return DiskFate.Verdict.GOES_WELL;
    });
    try (LogReading log = LogReading.of(disk)) {
      return !log.isEmpty() && check(Audit.of(log));
    } catch (DamagedLogException e) {
      if (!disk.isHurt()) {
        throw new Violation("P9", "an audit finds damage that there is not", e);
      }
      return false;
    } catch (IOException e) {
      throw new Violation("P9", "an audit fails on a disk that is well", e);
    } catch (RuntimeException e) {
      throw new Violation("P9", "an audit is broken: " + e, e);
    }
  }

  private static boolean check(AuditReport report) {
    for (AuditedQueue queue : report.queues()) {
      if (!queue.holds()) {
        throw new Violation("P9", "an audit finds what nobody did: " + queue);
      }
    }
    return !report.from().equals(report.newest());
  }
}
