package io.holdfast.core;

import io.holdfast.log.LogReading.Beginning;
import java.util.List;

/// What an audit has found.
///
/// @param from what was recomputed from
/// @param newest what a start begins with: the same where the log goes back no further
/// @param records how many there are from `from` on
/// @param queues sessions first, each kind by name
public record AuditReport(
    Beginning from, Beginning newest, long records, List<AuditedQueue> queues) {

  /// Whether every queue's law holds, and all that is told of each agrees.
  public boolean holds() {
    return queues.stream().allMatch(AuditedQueue::holds);
  }
}
