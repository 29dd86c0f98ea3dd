package io.holdfast.core.record;

import io.holdfast.core.record.LogRecord.Acknowledged;
import io.holdfast.core.record.LogRecord.CountersPart;
import io.holdfast.core.record.LogRecord.Displaced;
import io.holdfast.core.record.LogRecord.Dropped;
import io.holdfast.core.record.LogRecord.LetGo;
import io.holdfast.core.record.LogRecord.Loaded;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.Released;
import io.holdfast.core.record.LogRecord.Restarted;
import io.holdfast.core.record.LogRecord.RetainedBegun;
import io.holdfast.core.record.LogRecord.RetainedBrought;
import io.holdfast.core.record.LogRecord.RetainedEnqueued;
import io.holdfast.core.record.LogRecord.RetainedPart;
import io.holdfast.core.record.LogRecord.SentMark;
import io.holdfast.core.record.LogRecord.SessionClosed;
import io.holdfast.core.record.LogRecord.SessionEnded;
import io.holdfast.core.record.LogRecord.SessionOpened;
import io.holdfast.core.record.LogRecord.SessionPart;
import io.holdfast.core.record.LogRecord.SetDefined;
import io.holdfast.core.record.LogRecord.SharedAssigned;
import io.holdfast.core.record.LogRecord.SharedEnded;
import io.holdfast.core.record.LogRecord.SharedOpened;
import io.holdfast.core.record.LogRecord.SharedQueuePart;
import io.holdfast.core.record.LogRecord.SharedReturned;
import io.holdfast.core.record.LogRecord.Subscribed;
import io.holdfast.core.record.LogRecord.Unsubscribed;
import io.holdfast.core.record.LogRecord.WantedPart;
import io.holdfast.core.record.LogRecord.WillPart;
import io.holdfast.log.RecordBody;
import io.holdfast.log.RecordView;

/// Records to bytes and back. The first byte is the kind; fields follow in the order of the record.
/// Numbers are varints, times eight bytes, texts and byte strings have their length in front.
public final class RecordCodec {
  private final RecordWriter out = new RecordWriter();

  /// The bytes of `record`, valid until the next call.
  public RecordBody encode(LogRecord record) {
    out.clear();
    switch (record) {
      case Published published -> MessageCodec.write(out, published);
      case SetDefined set -> {
        out.put(2);
        out.varint(set.number());
        out.list(set.groups(), MessageCodec::write);
      }
      case SessionOpened opened -> {
        out.put(3);
        SessionCodec.write(out, opened);
      }
      case SessionClosed closed -> {
        out.put(4);
        out.putLong(closed.atMillis());
        out.text(closed.clientId());
        out.varint(closed.expirySeconds());
        out.varint(closed.sentUntil());
        out.putLong(closed.willDueMillis());
      }
      case SessionEnded ended -> {
        out.put(5);
        out.putLong(ended.atMillis());
        out.varint(ended.session());
      }
      case Subscribed subscribed -> {
        out.put(6);
        out.varint(subscribed.session());
        out.list(subscribed.subscriptions(), SessionCodec::write);
      }
      case Unsubscribed unsubscribed -> {
        out.put(7);
        out.varint(unsubscribed.session());
        out.list(unsubscribed.filters(), RecordWriter::text);
      }
      case RetainedEnqueued retained -> {
        out.put(8);
        out.varint(retained.queue());
        out.put(retained.maximumQoS().level());
        out.varint(retained.identifier());
        out.deltas(retained.positions());
      }
      case RetainedBegun begun -> {
        out.put(23);
        out.varint(begun.queue());
        out.text(begun.filter());
        out.put(begun.maximumQoS().level());
        out.varint(begun.identifier());
      }
      case RetainedBrought brought -> {
        out.put(24);
        out.varint(brought.queue());
        out.optionalText(brought.goesOnAfter());
        out.deltas(brought.positions());
      }
      case Loaded loaded -> {
        out.put(25);
        out.varint(loaded.queue());
        out.deltas(loaded.entries());
        out.varint(loaded.goesOnFrom());
      }
      case Displaced displaced -> {
        out.put(28);
        out.varint(displaced.queue());
        out.varint(displaced.goesOnFrom());
        out.deltas(displaced.positions());
        out.deltas(displaced.counts());
      }
      case LetGo gone -> {
        out.put(26);
        out.varint(gone.bornAt());
        out.varint(gone.goesOnFrom());
        out.deltas(gone.positions());
        out.deltas(gone.counts());
      }
      case Acknowledged acknowledged -> {
        out.put(9);
        out.varint(acknowledged.queue());
        out.deltas(acknowledged.done());
        out.deltas(acknowledged.received());
      }
      case Dropped dropped -> {
        out.put(10);
        out.varint(dropped.queue());
        out.put(QueueCodec.code(dropped.reason()));
        out.deltas(dropped.sequences());
      }
      case Released released -> {
        out.put(11);
        out.varint(released.session());
        out.deltas(released.packetIds());
      }
      case SentMark mark -> {
        out.put(12);
        out.varint(mark.queue());
        out.varint(mark.until());
      }
      case SharedOpened opened -> {
        out.put(21);
        out.varint(opened.queue());
        out.text(opened.filter());
        out.varint(opened.window());
      }
      case SharedEnded ended -> {
        out.put(22);
        out.varint(ended.queue());
      }
      case SharedAssigned assigned -> {
        out.put(13);
        out.varint(assigned.sharedQueue());
        out.varint(assigned.queue());
        out.put(assigned.maximumQoS().level() | (assigned.retainAsPublished() ? 4 : 0));
        out.varint(assigned.identifier());
        out.deltas(assigned.sequences());
      }
      case SharedReturned returned -> {
        out.put(14);
        out.varint(returned.queue());
        out.deltas(returned.sequences());
        out.varint(returned.sharedQueue());
        out.deltas(returned.sharedSequences());
      }
      case Restarted restarted -> {
        out.put(15);
        out.putLong(restarted.atMillis());
      }
      case SessionPart part -> {
        out.put(16);
        SessionCodec.write(out, part);
      }
      case SharedQueuePart part -> {
        out.put(17);
        out.varint(part.queue());
        out.text(part.filter());
        QueueCodec.write(out, part.image());
      }
      case RetainedPart part -> {
        out.put(18);
        out.text(part.topic());
        out.varint(part.position());
        out.putLong(part.expiresAtMillis());
        out.put(part.qos().level());
      }
      case WillPart part -> {
        out.put(19);
        out.text(part.clientId());
        SessionCodec.write(out, part.will());
        out.putLong(part.dueMillis());
      }
      case WantedPart part -> {
        out.put(27);
        out.deltas(part.segments());
        out.deltas(part.counts());
        out.list(part.leftovers(), QueueCodec::write);
      }
      case CountersPart part -> {
        out.put(20);
        out.varint(part.nextSet());
        out.putLong(part.atMillis());
      }
    }
    return out;
  }

  /// The record that `view` shows. Its `Bytes` are borrowed as long as the view is valid.
  public static LogRecord decode(RecordView view) {
    RecordReader in = new RecordReader(view);
    int kind = in.get();
    return switch (kind) {
      case MessageCodec.KIND -> MessageCodec.published(in);
      case 2 -> new SetDefined(in.smallVarint(), in.list(MessageCodec::group));
      case 3 -> SessionCodec.opened(in);
      case 4 -> new SessionClosed(in.getLong(), in.text(), in.varint(), in.varint(), in.getLong());
      case 5 -> new SessionEnded(in.getLong(), in.smallVarint());
      case 6 -> new Subscribed(in.smallVarint(), in.list(SessionCodec::subscription));
      case 7 -> new Unsubscribed(in.smallVarint(), in.list(RecordReader::text));
      case 8 ->
          new RetainedEnqueued(
              in.smallVarint(), RecordReader.qos(in.get()), in.smallVarint(), in.deltas());
      case 9 -> new Acknowledged(in.smallVarint(), in.deltas(), in.deltas());
      case 10 -> new Dropped(in.smallVarint(), QueueCodec.dropReason(in.get()), in.deltas());
      case 11 -> new Released(in.smallVarint(), in.intDeltas());
      case 12 -> new SentMark(in.smallVarint(), in.varint());
      case 13 -> assigned(in);
      case 14 -> new SharedReturned(in.smallVarint(), in.deltas(), in.smallVarint(), in.deltas());
      case 15 -> new Restarted(in.getLong());
      case 16 -> SessionCodec.part(in);
      case 17 -> new SharedQueuePart(in.smallVarint(), in.text(), QueueCodec.image(in));
      case 18 -> new RetainedPart(in.text(), in.varint(), in.getLong(), RecordReader.qos(in.get()));
      case 19 -> new WillPart(in.text(), SessionCodec.will(in), in.getLong());
      case 21 -> new SharedOpened(in.smallVarint(), in.text(), in.smallVarint());
      case 22 -> new SharedEnded(in.smallVarint());
      case 23 ->
          new RetainedBegun(
              in.smallVarint(), in.text(), RecordReader.qos(in.get()), in.smallVarint());
      case 24 -> new RetainedBrought(in.smallVarint(), in.optionalText(), in.deltas());
      case 25 -> new Loaded(in.smallVarint(), in.deltas(), in.varint());
      case 26 -> new LetGo(in.varint(), in.varint(), in.deltas(), in.deltas());
      case 28 -> new Displaced(in.smallVarint(), in.varint(), in.deltas(), in.deltas());
      case 27 -> new WantedPart(in.deltas(), in.deltas(), in.list(QueueCodec::leftover));
      case 20 -> new CountersPart(in.smallVarint(), in.getLong());
      default -> throw new IllegalStateException("a record of unknown kind " + kind);
    };
  }

  private static SharedAssigned assigned(RecordReader in) {
    int sharedQueue = in.smallVarint();
    int queue = in.smallVarint();
    int flags = in.get();
    return new SharedAssigned(
        sharedQueue,
        queue,
        RecordReader.qos(flags),
        (flags & 4) != 0,
        in.smallVarint(),
        in.deltas());
  }
}
