package io.holdfast.core.record;

import io.holdfast.core.record.LogRecord.Cursor;
import io.holdfast.core.record.LogRecord.CursorImage;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.DropReason;
import io.holdfast.core.record.LogRecord.Leftover;
import io.holdfast.core.record.LogRecord.QueueImage;

/// The bytes of queues as they stand, and why entries left them.
final class QueueCodec {
  private QueueCodec() {}

  static void write(RecordWriter out, QueueImage image) {
    out.varint(image.bornAt());
    out.varint(image.head());
    out.varint(image.sentMark());
    out.deltas(image.entries());
    out.varint(image.backlogFrom());
    out.varint(image.backlogCount());
    out.list(image.details(), QueueCodec::write);
    out.deltas(image.dropped());
    out.list(image.cursors(), QueueCodec::write);
    out.varint(image.accepted());
    out.varint(image.handled());
    out.varint(image.window());
  }

  static QueueImage image(RecordReader in) {
    return new QueueImage(
        in.varint(),
        in.varint(),
        in.varint(),
        in.deltas(),
        in.varint(),
        in.varint(),
        in.list(QueueCodec::detail),
        in.deltas(),
        in.list(QueueCodec::cursor),
        in.varint(),
        in.varint(),
        in.smallVarint());
  }

  private static void write(RecordWriter out, CursorImage image) {
    Cursor cursor = image.cursor();
    out.text(cursor.filter());
    out.put(cursor.maximumQoS().level());
    out.varint(cursor.identifier());
    out.varint(cursor.until());
    out.optionalText(cursor.after());
    out.varint(image.from());
    out.varint(image.count());
  }

  private static CursorImage cursor(RecordReader in) {
    return new CursorImage(
        new Cursor(
            in.text(),
            RecordReader.qos(in.get()),
            in.smallVarint(),
            in.varint(),
            in.optionalText()),
        in.varint(),
        in.varint());
  }

  static void write(RecordWriter out, Leftover leftover) {
    out.varint(leftover.queue());
    out.varint(leftover.bornAt());
    out.varint(leftover.from());
    out.varint(leftover.until());
    out.varint(leftover.count());
  }

  static Leftover leftover(RecordReader in) {
    return new Leftover(in.smallVarint(), in.varint(), in.varint(), in.varint(), in.varint());
  }

  private static void write(RecordWriter out, Detail detail) {
    out.varint(detail.sequence());
    out.varint(detail.count());
    out.varint(detail.knownSince());
    out.varint(detail.identifier());
    out.varint(detail.sharedQueue());
    out.varint(detail.sharedSequence());
  }

  private static Detail detail(RecordReader in) {
    return new Detail(
        in.varint(), in.varint(), in.varint(), in.smallVarint(), in.smallVarint(), in.varint());
  }

  static int code(DropReason reason) {
    return switch (reason) {
      case EXPIRED -> 0;
      case TOO_LARGE -> 1;
      case REFUSED -> 2;
      case SESSION_ENDED -> 3;
      case DISPLACED -> 4;
    };
  }

  static DropReason dropReason(int code) {
    return switch (code) {
      case 0 -> DropReason.EXPIRED;
      case 1 -> DropReason.TOO_LARGE;
      case 2 -> DropReason.REFUSED;
      case 3 -> DropReason.SESSION_ENDED;
      case 4 -> DropReason.DISPLACED;
      default -> throw new IllegalStateException("dropped for an unknown reason " + code);
    };
  }
}
