package io.holdfast.core.record;

import io.holdfast.core.Invariant;
import io.holdfast.core.record.LogRecord.Group;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.io.IOException;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/// The bytes of messages and of target sets.
///
/// A message, the record that matters most:
///
/// 1 | flags | how | at 8 | expires 8? | session, packet id, hash 8? | client id? | targets | full?
/// | topic | passed on | payload ...
///
/// flags: 0-1 QoS, 2 retain, 3 queues QoS 0, 4 expires, 5 has a source, 6 was a will, 7 some queues
/// were full
///
/// how: how a queue that is the only target wants it, as in an option, 0 where there is none such.
/// With the flags it is all that indexes know of a message.
///
/// targets: 0 none; 1 one queue: number, identifiers; 2 a set: number; 3 a copy of a retained
/// message: number, granted QoS, identifier or 0
///
/// option: granted QoS and 4 for retain as published, count of identifiers, identifiers
///
/// A target set is its number and, for each option, a RoaringBitmap of queue numbers in its
/// portable format (RoaringFormatSpec), with its length in front.
final class MessageCodec {
  static final int KIND = 1;
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

  /// A few bytes of a bitmap can stand for billions of numbers.
  private static final int QUEUES_OF_SET_MAX = 1 << 24;

  private static final int[] NONE = new int[0];

  private MessageCodec() {}

  static void write(RecordWriter out, Published record) {
    out.put(KIND);
    out.put(
        record.qos().level()
            | (record.retain() ? RETAIN : 0)
            | (record.queuesQoS0() ? QUEUES_QOS_0 : 0)
            | (record.expiresAtMillis() != LogRecord.NEVER ? EXPIRES : 0)
            | (record.source().isPresent() ? HAS_SOURCE : 0)
            | (record.willOf().isPresent() ? IS_WILL : 0)
            | (record.full().length > 0 ? HAS_FULL : 0));
    out.put(record.targets() instanceof Targets.One one ? how(one.option()) : 0);
    out.putLong(record.atMillis());
    if (record.expiresAtMillis() != LogRecord.NEVER) {
      out.putLong(record.expiresAtMillis());
    }
    if (record.source().isPresent()) {
      write(out, record.source().get());
    }
    if (record.willOf().isPresent()) {
      out.text(record.willOf().get());
    }
    switch (record.targets()) {
      case Targets.None none -> out.put(NOBODY);
      case Targets.One one -> {
        out.put(ONE);
        out.varint(one.queue());
        write(out, one.option().identifiers());
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

  static Published published(RecordReader in) {
    int flags = in.get();
    int how = in.get();
    long atMillis = in.getLong();
    long expiresAtMillis = (flags & EXPIRES) != 0 ? in.getLong() : LogRecord.NEVER;
    Optional<Source> source =
        (flags & HAS_SOURCE) != 0 ? Optional.of(source(in)) : Optional.empty();
    Optional<String> willOf = (flags & IS_WILL) != 0 ? Optional.of(in.text()) : Optional.empty();
    int kind = in.get();
    Targets targets =
        switch (kind) {
          case NOBODY -> new Targets.None();
          case ONE -> new Targets.One(in.smallVarint(), option(how, identifiers(in)));
          case SET -> new Targets.Set(in.smallVarint());
          case AS_RETAINED ->
              new Targets.AsRetained(
                  in.smallVarint(), RecordReader.qos(in.get()), in.smallVarint());
          default -> throw new IllegalStateException("targets of unknown kind " + kind);
        };
    int[] full = (flags & HAS_FULL) != 0 ? in.intDeltas() : NONE;
    return new Published(
        atMillis,
        expiresAtMillis,
        RecordReader.qos(flags),
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

  static void write(RecordWriter out, Source source) {
    out.varint(source.session());
    out.varint(source.packetId());
    out.putLong(source.contentHash());
  }

  static Source source(RecordReader in) {
    return new Source(in.smallVarint(), in.smallVarint(), in.getLong());
  }

  static void write(RecordWriter out, Option option) {
    out.put(how(option));
    write(out, option.identifiers());
  }

  private static int how(Option option) {
    return option.granted().level() | (option.retainAsPublished() ? 4 : 0);
  }

  private static void write(RecordWriter out, SubscriptionIdentifiers identifiers) {
    out.varint(identifiers.count());
    for (int i = 0; i < identifiers.count(); i++) {
      out.varint(identifiers.at(i));
    }
  }

  static Option option(RecordReader in) {
    return option(in.get(), identifiers(in));
  }

  static Option option(int how, SubscriptionIdentifiers identifiers) {
    return new Option(RecordReader.qos(how), (how & 4) != 0, identifiers);
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

  static void write(RecordWriter out, Group group) {
    write(out, group.option());
    Invariant.check(
        group.queues().length <= QUEUES_OF_SET_MAX, "a target set has no more than it may");
    RoaringBitmap queues = RoaringBitmap.bitmapOf(group.queues());
    queues.runOptimize();
    int length = queues.serializedSizeInBytes();
    out.varint(length);
    queues.serialize(out.roomFor(length));
  }

  static Group group(RecordReader in) {
    Option option = option(in);
    RoaringBitmap queues = new RoaringBitmap();
    try {
      queues.deserialize(in.buffer(in.smallVarint()));
    } catch (IOException | RuntimeException broken) {
      throw new IllegalStateException("a target set's bitmap is not one", broken);
    }
    Invariant.check(
        queues.getLongCardinality() <= QUEUES_OF_SET_MAX, "a target set has no more than it may");
    return new Group(option, queues.toArray());
  }
}
