package io.holdfast.core.record;

import io.holdfast.core.Invariant;
import io.holdfast.core.record.LogRecord.Acknowledged;
import io.holdfast.core.record.LogRecord.CountersPart;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.DropReason;
import io.holdfast.core.record.LogRecord.Dropped;
import io.holdfast.core.record.LogRecord.Group;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.QueueImage;
import io.holdfast.core.record.LogRecord.Released;
import io.holdfast.core.record.LogRecord.Restarted;
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
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.record.LogRecord.Subscribed;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.record.LogRecord.Unsubscribed;
import io.holdfast.core.record.LogRecord.WillPart;
import io.holdfast.log.RecordBody;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.Will;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.roaringbitmap.RoaringBitmap;

/// Records to bytes and back. The first byte is the kind; fields follow in the order of the record.
/// Numbers are varints, times eight bytes, texts and byte strings have their length in front.
///
/// A message, the record that matters most:
///
/// 1 | flags | at 8 | expires 8? | session, packet id, hash 8? | client id? | targets | full? |
/// topic | passed on | payload ...
///
/// flags: 0-1 QoS, 2 retain, 3 queues QoS 0, 4 expires, 5 has a source, 6 was a will, 7 some queues
/// were full
///
/// targets: 0 none; 1 one queue: number, option; 2 a set: number; 3 a copy of a retained message:
/// number, granted QoS, identifier or 0
///
/// option: granted QoS and 4 for retain as published, count of identifiers, identifiers
///
/// A target set is its number and, for each option, a RoaringBitmap of queue numbers in its
/// portable format (RoaringFormatSpec), with its length in front.
public final class RecordCodec {
  static final int MESSAGE = 1;

  static final int QOS = 3;
  static final int RETAIN = 4;
  static final int QUEUES_QOS_0 = 8;
  static final int EXPIRES = 16;
  static final int HAS_SOURCE = 32;
  static final int IS_WILL = 64;
  static final int HAS_FULL = 128;

  static final int NOBODY = 0;
  static final int ONE = 1;
  static final int SET = 2;
  static final int AS_RETAINED = 3;

  private final RecordWriter out = new RecordWriter();

  /// The bytes of `record`, valid until the next call.
  public RecordBody encode(LogRecord record) {
    out.clear();
    switch (record) {
      case Published published -> write(published);
      case SetDefined set -> {
        out.put(2);
        out.varint(set.number());
        list(set.groups(), this::write);
      }
      case SessionOpened opened -> write(opened);
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
        list(subscribed.subscriptions(), this::write);
      }
      case Unsubscribed unsubscribed -> {
        out.put(7);
        out.varint(unsubscribed.session());
        list(unsubscribed.filters(), out::text);
      }
      case RetainedEnqueued retained -> {
        out.put(8);
        out.varint(retained.queue());
        out.put(retained.maximumQoS().level());
        out.varint(retained.identifier());
        out.deltas(retained.positions());
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
        out.put(code(dropped.reason()));
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
      case SessionPart part -> write(part);
      case SharedQueuePart part -> {
        out.put(17);
        out.varint(part.queue());
        out.text(part.filter());
        write(part.image());
      }
      case RetainedPart part -> {
        out.put(18);
        out.text(part.topic());
        out.varint(part.position());
        out.putLong(part.expiresAtMillis());
      }
      case WillPart part -> {
        out.put(19);
        out.text(part.clientId());
        write(part.will());
        out.putLong(part.dueMillis());
      }
      case CountersPart part -> {
        out.put(20);
        out.varint(part.nextSet());
        out.putLong(part.atMillis());
      }
    }
    return out;
  }

  private void write(Published record) {
    out.put(MESSAGE);
    out.put(
        record.qos().level()
            | (record.retain() ? RETAIN : 0)
            | (record.queuesQoS0() ? QUEUES_QOS_0 : 0)
            | (record.expiresAtMillis() != LogRecord.NEVER ? EXPIRES : 0)
            | (record.source().isPresent() ? HAS_SOURCE : 0)
            | (record.willOf().isPresent() ? IS_WILL : 0)
            | (record.full().length > 0 ? HAS_FULL : 0));
    out.putLong(record.atMillis());
    if (record.expiresAtMillis() != LogRecord.NEVER) {
      out.putLong(record.expiresAtMillis());
    }
    if (record.source().isPresent()) {
      write(record.source().get());
    }
    if (record.willOf().isPresent()) {
      out.text(record.willOf().get());
    }
    switch (record.targets()) {
      case Targets.None none -> out.put(NOBODY);
      case Targets.One one -> {
        out.put(ONE);
        out.varint(one.queue());
        write(one.option());
      }
      case Targets.Set set -> {
        out.put(SET);
        out.varint(set.number());
      }
      case Targets.AsRetained retained -> {
        out.put(AS_RETAINED);
        out.varint(retained.queue());
        out.put(retained.maximumQoS().level());
        out.varint(retained.identifier());
      }
    }
    if (record.full().length > 0) {
      out.deltas(record.full());
    }
    out.bytes(record.topic());
    out.bytes(record.passedOn());
    out.rest(record.payload());
  }

  private void write(SessionOpened record) {
    out.put(3);
    out.putLong(record.atMillis());
    out.text(record.clientId());
    out.put((record.endsOld() ? 1 : 0) | (record.will().isPresent() ? 2 : 0));
    out.varint(record.session());
    out.put(record.version().level());
    out.varint(record.expirySeconds());
    record.will().ifPresent(this::write);
  }

  private void write(SessionPart part) {
    out.put(16);
    out.text(part.clientId());
    out.varint(part.session());
    out.put(part.version().level());
    out.varint(part.expirySeconds());
    out.put(part.connected() ? 1 : 0);
    out.putLong(part.awaySinceMillis());
    list(part.subscriptions(), this::write);
    list(part.openReceived(), this::write);
    write(part.queue());
  }

  private void write(QueueImage image) {
    out.varint(image.bornAt());
    out.varint(image.head());
    out.varint(image.sentMark());
    out.deltas(image.entries());
    list(image.details(), this::write);
    out.deltas(image.dropped());
  }

  private void write(Detail detail) {
    out.varint(detail.sequence());
    out.varint(detail.count());
    out.varint(detail.knownSince());
    out.varint(detail.identifier());
    out.varint(detail.sharedQueue());
    out.varint(detail.sharedSequence());
  }

  private void write(Source source) {
    out.varint(source.session());
    out.varint(source.packetId());
    out.putLong(source.contentHash());
  }

  private void write(Option option) {
    out.put(option.granted().level() | (option.retainAsPublished() ? 4 : 0));
    out.varint(option.identifiers().count());
    for (int i = 0; i < option.identifiers().count(); i++) {
      out.varint(option.identifiers().at(i));
    }
  }

  private void write(Group group) {
    write(group.option());
    RoaringBitmap queues = RoaringBitmap.bitmapOf(group.queues());
    queues.runOptimize();
    int length = queues.serializedSizeInBytes();
    out.varint(length);
    queues.serialize(out.roomFor(length));
  }

  private void write(Subscription subscription) {
    out.text(subscription.filter());
    out.put(
        subscription.maximumQoS().level()
            | (subscription.noLocal() ? 4 : 0)
            | (subscription.retainAsPublished() ? 8 : 0)
            | code(subscription.retainHandling()) << 4);
    out.varint(subscription.identifier());
  }

  private void write(Will will) {
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

  private <T> void list(List<T> items, java.util.function.Consumer<T> write) {
    out.varint(items.size());
    items.forEach(write);
  }

  /// The record that `view` shows. Its `Bytes` are borrowed as long as the view is valid.
  public static LogRecord decode(RecordView view) {
    RecordReader in = new RecordReader(view);
    int kind = in.get();
    return switch (kind) {
      case MESSAGE -> published(in);
      case 2 -> new SetDefined(in.smallVarint(), list(in, RecordCodec::group));
      case 3 -> opened(in);
      case 4 -> new SessionClosed(in.getLong(), in.text(), in.varint(), in.varint(), in.getLong());
      case 5 -> new SessionEnded(in.getLong(), in.smallVarint());
      case 6 -> new Subscribed(in.smallVarint(), list(in, RecordCodec::subscription));
      case 7 -> new Unsubscribed(in.smallVarint(), list(in, RecordReader::text));
      case 8 ->
          new RetainedEnqueued(in.smallVarint(), QoS.of(in.get()), in.smallVarint(), in.deltas());
      case 9 -> new Acknowledged(in.smallVarint(), in.deltas(), in.deltas());
      case 10 -> new Dropped(in.smallVarint(), dropReason(in.get()), in.deltas());
      case 11 -> new Released(in.smallVarint(), in.intDeltas());
      case 12 -> new SentMark(in.smallVarint(), in.varint());
      case 13 -> assigned(in);
      case 14 -> new SharedReturned(in.smallVarint(), in.deltas(), in.smallVarint(), in.deltas());
      case 15 -> new Restarted(in.getLong());
      case 16 -> sessionPart(in);
      case 17 -> new SharedQueuePart(in.smallVarint(), in.text(), image(in));
      case 18 -> new RetainedPart(in.text(), in.varint(), in.getLong());
      case 19 -> new WillPart(in.text(), will(in), in.getLong());
      case 21 -> new SharedOpened(in.smallVarint(), in.text());
      case 22 -> new SharedEnded(in.smallVarint());
      case 20 -> new CountersPart(in.smallVarint(), in.getLong());
      default -> throw new IllegalStateException("a record of unknown kind " + kind);
    };
  }

  private static Published published(RecordReader in) {
    int flags = in.get();
    long atMillis = in.getLong();
    long expiresAtMillis = (flags & EXPIRES) != 0 ? in.getLong() : LogRecord.NEVER;
    Optional<Source> source =
        (flags & HAS_SOURCE) != 0 ? Optional.of(source(in)) : Optional.empty();
    Optional<String> willOf = (flags & IS_WILL) != 0 ? Optional.of(in.text()) : Optional.empty();
    int how = in.get();
    Targets targets =
        switch (how) {
          case NOBODY -> new Targets.None();
          case ONE -> new Targets.One(in.smallVarint(), option(in));
          case SET -> new Targets.Set(in.smallVarint());
          case AS_RETAINED ->
              new Targets.AsRetained(in.smallVarint(), QoS.of(in.get()), in.smallVarint());
          default -> throw new IllegalStateException("targets of unknown kind " + how);
        };
    int[] full = (flags & HAS_FULL) != 0 ? in.intDeltas() : NONE;
    return new Published(
        atMillis,
        expiresAtMillis,
        QoS.of(flags & QOS),
        (flags & RETAIN) != 0,
        (flags & QUEUES_QOS_0) != 0,
        source,
        willOf,
        targets,
        full,
        in.bytes(),
        in.bytes(),
        in.rest());
  }

  private static final int[] NONE = new int[0];

  private static SessionOpened opened(RecordReader in) {
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
        (flags & 2) != 0 ? Optional.of(will(in)) : Optional.empty());
  }

  private static SharedAssigned assigned(RecordReader in) {
    int sharedQueue = in.smallVarint();
    int queue = in.smallVarint();
    int flags = in.get();
    return new SharedAssigned(
        sharedQueue, queue, QoS.of(flags & 3), (flags & 4) != 0, in.smallVarint(), in.deltas());
  }

  private static SessionPart sessionPart(RecordReader in) {
    return new SessionPart(
        in.text(),
        in.smallVarint(),
        version(in.get()),
        in.varint(),
        in.get() != 0,
        in.getLong(),
        list(in, RecordCodec::subscription),
        list(in, RecordCodec::source),
        image(in));
  }

  private static QueueImage image(RecordReader in) {
    return new QueueImage(
        in.varint(),
        in.varint(),
        in.varint(),
        in.deltas(),
        list(in, RecordCodec::detail),
        in.deltas());
  }

  private static Detail detail(RecordReader in) {
    return new Detail(
        in.varint(), in.varint(), in.varint(), in.smallVarint(), in.smallVarint(), in.varint());
  }

  private static Source source(RecordReader in) {
    return new Source(in.smallVarint(), in.smallVarint(), in.getLong());
  }

  private static Option option(RecordReader in) {
    int flags = in.get();
    return new Option(QoS.of(flags & 3), (flags & 4) != 0, identifiers(in));
  }

  static SubscriptionIdentifiers identifiers(RecordReader in) {
    int count = in.count();
    if (count == 0) {
      return SubscriptionIdentifiers.NONE;
    }
    int[] identifiers = new int[count];
    for (int i = 0; i < count; i++) {
      identifiers[i] = in.smallVarint();
    }
    return SubscriptionIdentifiers.of(identifiers);
  }

  private static Group group(RecordReader in) {
    Option option = option(in);
    int length = in.smallVarint();
    RoaringBitmap queues = new RoaringBitmap();
    try {
      queues.deserialize(in.restAsBuffer());
    } catch (java.io.IOException broken) {
      throw new IllegalStateException("a target set's bitmap is not one", broken);
    }
    in.skip(length);
    return new Group(option, queues.toArray());
  }

  private static Subscription subscription(RecordReader in) {
    String filter = in.text();
    int flags = in.get();
    return new Subscription(
        filter,
        QoS.of(flags & 3),
        (flags & 4) != 0,
        (flags & 8) != 0,
        retainHandling(flags >> 4),
        in.smallVarint());
  }

  private static Will will(RecordReader in) {
    Bytes topic = in.bytes().copy();
    Bytes payload = in.bytes().copy();
    int flags = in.get();
    long delaySeconds = in.varint();
    long messageExpirySeconds = (flags & 8) != 0 ? in.varint() : -1;
    return new Will(
        topic,
        payload,
        QoS.of(flags & 3),
        (flags & 4) != 0,
        delaySeconds,
        messageExpirySeconds,
        in.bytes().copy());
  }

  private static <T> List<T> list(RecordReader in, Function<RecordReader, T> read) {
    int count = in.count();
    List<T> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(read.apply(in));
    }
    return items;
  }

  private static ProtocolVersion version(int level) {
    return switch (level) {
      case 3 -> ProtocolVersion.V3_1;
      case 4 -> ProtocolVersion.V3_1_1;
      case 5 -> ProtocolVersion.V5;
      default -> throw new IllegalStateException("a session of unknown version " + level);
    };
  }

  private static int code(DropReason reason) {
    return switch (reason) {
      case EXPIRED -> 0;
      case TOO_LARGE -> 1;
      case REFUSED -> 2;
      case SESSION_ENDED -> 3;
    };
  }

  private static DropReason dropReason(int code) {
    return switch (code) {
      case 0 -> DropReason.EXPIRED;
      case 1 -> DropReason.TOO_LARGE;
      case 2 -> DropReason.REFUSED;
      case 3 -> DropReason.SESSION_ENDED;
      default -> throw new IllegalStateException("dropped for an unknown reason " + code);
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
