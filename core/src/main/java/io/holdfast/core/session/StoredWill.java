package io.holdfast.core.session;

import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.packet.Will;

/// A client's will, as long as it may have to be published.
///
/// @param dueMillis when to publish it; `NEVER` while the client is connected
public record StoredWill(Will will, long dueMillis) {
  public boolean isWaitingForItsClient() {
    return dueMillis != LogRecord.NEVER;
  }
}
