package io.holdfast.core.record;

import io.holdfast.core.Invariant;
import io.holdfast.core.record.LogRecord.SessionOpened;
import io.holdfast.core.record.LogRecord.SessionPart;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.Will;
import java.util.Optional;

/// The bytes of sessions, with their subscriptions and wills.
final class SessionCodec {
  private SessionCodec() {}

  static void write(RecordWriter out, SessionOpened record) {
    out.putLong(record.atMillis());
    out.text(record.clientId());
    out.put((record.endsOld() ? 1 : 0) | (record.will().isPresent() ? 2 : 0));
    out.varint(record.session());
    out.put(record.version().level());
    out.varint(record.expirySeconds());
    out.varint(record.window());
    record.will().ifPresent(will -> write(out, will));
  }

  static SessionOpened opened(RecordReader in) {
    long atMillis = in.getLong();
    String clientId = in.text();
    int flags = in.get();
    return new SessionOpened(
        atMillis,
        clientId,
        (flags & 1) != 0,
        in.smallVarint(),
        version(in.get()),
        in.varint(),
        in.smallVarint(),
        (flags & 2) != 0 ? Optional.of(will(in)) : Optional.empty());
  }

  static void write(RecordWriter out, SessionPart part) {
    out.text(part.clientId());
    out.varint(part.session());
    out.put(part.version().level());
    out.varint(part.expirySeconds());
    out.put(part.connected() ? 1 : 0);
    out.putLong(part.awaySinceMillis());
    out.list(part.subscriptions(), SessionCodec::write);
    out.list(part.openReceived(), MessageCodec::write);
    QueueCodec.write(out, part.queue());
  }

  static SessionPart part(RecordReader in) {
    return new SessionPart(
        in.text(),
        in.smallVarint(),
        version(in.get()),
        in.varint(),
        in.get() != 0,
        in.getLong(),
        in.list(SessionCodec::subscription),
        in.list(MessageCodec::source),
        QueueCodec.image(in));
  }

  static void write(RecordWriter out, Subscription subscription) {
    out.text(subscription.filter());
    out.put(
        subscription.maximumQoS().level()
            | (subscription.noLocal() ? 4 : 0)
            | (subscription.retainAsPublished() ? 8 : 0)
            | code(subscription.retainHandling()) << 4);
    out.varint(subscription.identifier());
  }

  static Subscription subscription(RecordReader in) {
    String filter = in.text();
    int flags = in.get();
    return new Subscription(
        filter,
        RecordReader.qos(flags),
        (flags & 4) != 0,
        (flags & 8) != 0,
        retainHandling(flags >> 4),
        in.smallVarint());
  }

  static void write(RecordWriter out, Will will) {
    out.bytes(will.topic());
    out.bytes(will.payload());
    out.put(
        will.qos().level() | (will.retain() ? 4 : 0) | (will.messageExpirySeconds() >= 0 ? 8 : 0));
    out.varint(will.delaySeconds());
    if (will.messageExpirySeconds() >= 0) {
      out.varint(will.messageExpirySeconds());
    }
    out.bytes(will.passedOn());
  }

  static Will will(RecordReader in) {
    Bytes topic = in.bytes().copy();
    Bytes payload = in.bytes().copy();
    int flags = in.get();
    long delaySeconds = in.varint();
    long messageExpirySeconds = (flags & 8) != 0 ? in.varint() : -1;
    return new Will(
        topic,
        payload,
        RecordReader.qos(flags),
        (flags & 4) != 0,
        delaySeconds,
        messageExpirySeconds,
        in.bytes().copy());
  }

  private static ProtocolVersion version(int level) {
    return switch (level) {
      case 3 -> ProtocolVersion.V3_1;
      case 4 -> ProtocolVersion.V3_1_1;
      case 5 -> ProtocolVersion.V5;
      default -> throw new IllegalStateException("a session of unknown version " + level);
    };
  }

  private static int code(RetainHandling handling) {
    return switch (handling) {
      case SEND -> 0;
      case SEND_IF_NEW -> 1;
      case DO_NOT_SEND -> 2;
    };
  }

  private static RetainHandling retainHandling(int code) {
    Invariant.check(code >= 0 && code <= 2, "retain handling is 0 to 2");
    return code == 0
        ? RetainHandling.SEND
        : code == 1 ? RetainHandling.SEND_IF_NEW : RetainHandling.DO_NOT_SEND;
  }
}
