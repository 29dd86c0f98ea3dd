package io.holdfast.core;

import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.packet.Packet;

/// Told what a broker under test answers, in order. What is lent is lent until the call returns.
interface Heard {
  void sent(Link to, Packet packet);

  void closed(Link link);

  /// What came on `link` was not taken, and nothing more is read from it for now.
  default void withheld(Link link) {}

  void observed(Event event);

  /// `record` is about to be applied.
  void appended(long position, LogRecord record);
}
