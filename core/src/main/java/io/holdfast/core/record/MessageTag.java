package io.holdfast.core.record;

import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;

/// What the log's index tells of a message: the second and third byte of its record.
///
/// @param bits the flags in the high byte, how its only target wants it in the low one
public record MessageTag(short bits) {
  private int flags() {
    return bits >> 8 & 0xFF;
  }

  public QoS qos() {
    return RecordReader.qos(flags());
  }

  public boolean isRetained() {
    return (flags() & MessageCodec.RETAIN) != 0;
  }

  public boolean queuesQoS0() {
    return (flags() & MessageCodec.QUEUES_QOS_0) != 0;
  }

  /// Whether some queues did not take it for their limit: its record says which.
  public boolean hasFull() {
    return (flags() & MessageCodec.HAS_FULL) != 0;
  }

  /// How its only target wants it, but for the subscriptions' identifiers.
  public Option ofOnlyTarget() {
    return MessageCodec.option(bits & 0xFF, SubscriptionIdentifiers.NONE);
  }
}
