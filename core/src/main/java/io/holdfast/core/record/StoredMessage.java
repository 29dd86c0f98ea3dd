package io.holdfast.core.record;

import io.holdfast.core.Invariant;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;

/// A message's record, read for handing the message on: only what that needs, and no objects but
/// the views of its bytes. Used again for the next message.
public final class StoredMessage {
  private final RecordReader in = new RecordReader();
  private QoS qos = QoS.AT_MOST_ONCE;
  private long expiresAtMillis;
  private int targetSet;
  private SubscriptionIdentifiers identifiers = SubscriptionIdentifiers.NONE;
  private Bytes topic = Bytes.EMPTY;
  private Bytes passedOn = Bytes.EMPTY;
  private Bytes payload = Bytes.EMPTY;

  /// Reads the message that `view` shows. What it has is borrowed as long as the view is valid.
  public void read(RecordView view) {
    in.show(view);
    Invariant.check(in.get() == MessageCodec.KIND, "an entry's position is that of a message");
    int flags = in.get();
    in.skip(1 + Long.BYTES);
    qos = RecordReader.qos(flags);
    expiresAtMillis = (flags & MessageCodec.EXPIRES) != 0 ? in.getLong() : LogRecord.NEVER;
    if ((flags & MessageCodec.HAS_SOURCE) != 0) {
      in.varint();
      in.varint();
      in.skip(Long.BYTES);
    }
    if ((flags & MessageCodec.IS_WILL) != 0) {
      in.skip(in.smallVarint());
    }
    readTargets();
    if ((flags & MessageCodec.HAS_FULL) != 0) {
      for (int more = in.count(); more > 0; more--) {
        in.varint();
      }
    }
    topic = in.bytes();
    passedOn = in.bytes();
    payload = in.rest();
  }

  private void readTargets() {
    targetSet = 0;
    identifiers = SubscriptionIdentifiers.NONE;
    int how = in.get();
    switch (how) {
      case MessageCodec.NOBODY -> {}
      case MessageCodec.ONE -> {
        in.varint();
        identifiers = MessageCodec.identifiers(in);
      }
      case MessageCodec.SET -> targetSet = in.smallVarint();
      case MessageCodec.AS_RETAINED -> {
        in.varint();
        in.get();
        in.varint();
      }
      default -> throw new IllegalStateException("targets of unknown kind " + how);
    }
  }

  public QoS qos() {
    return qos;
  }

  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  /// The target set that it names, 0 where it names none.
  public int targetSet() {
    return targetSet;
  }

  /// The identifiers of the subscriptions of its only target; none where it names a set.
  public SubscriptionIdentifiers identifiers() {
    return identifiers;
  }

  public Bytes topic() {
    return topic;
  }

  public Bytes passedOn() {
    return passedOn;
  }

  public Bytes payload() {
    return payload;
  }
}
