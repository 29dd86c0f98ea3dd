package io.holdfast.core;

import io.holdfast.core.queue.QueueAccount;
import java.util.List;

/// A durable queue and what an `Audit` has found about it.
///
/// @param kind whose queue it is
/// @param owner the client id of its session, or the filter of its shared subscription
/// @param account at the log's end, recomputed from as far back as the log goes
/// @param differences what else is told of the queue than was recomputed; empty where it agrees
public record AuditedQueue(
    Kind kind, String owner, QueueAccount account, List<String> differences) {

  public enum Kind {
    SESSION,
    SHARED
  }

  /// Whether nothing is wrong with it.
  public boolean holds() {
    return account.missing() == 0 && differences.isEmpty();
  }
}
