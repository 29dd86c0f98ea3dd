package io.holdfast.core.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.core.record.LogRecord.Cursor;
import io.holdfast.core.record.LogRecord.CursorImage;
import io.holdfast.core.record.LogRecord.Detail;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.QueueImage;
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.log.MemoryLog;
import io.holdfast.log.RecordBody;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.Will;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.roaringbitmap.RoaringBitmap;

/// Every kind of record is read as it was written.
class RecordCodecTest {
  private static final long BIG = Long.MAX_VALUE - 1;

  static Stream<LogRecord> records() {
    Will will =
        new Will(
            Bytes.utf8("w/ä"),
            Bytes.utf8("gone"),
            QoS.EXACTLY_ONCE,
            true,
            0xFFFF_FFFFL,
            0,
            Bytes.of((byte) 1, (byte) 1));
    Subscription subscription =
        new Subscription(
            "$share/g/+/#", QoS.AT_LEAST_ONCE, true, true, RetainHandling.DO_NOT_SEND, 268_435_455);
    Option option =
        new Option(QoS.EXACTLY_ONCE, true, SubscriptionIdentifiers.of(3, 1, 268_435_455));
    QueueImage image =
        new QueueImage(
            BIG,
            7,
            BIG,
            new long[] {1 << 8, (1L << 62) | 3, 5 << 8},
            BIG,
            3,
            List.of(new Detail(8, 2, BIG, 5, 0, 0), new Detail(10, 1, 3, 0, 9, BIG)),
            new long[] {0, 1, 2, 3, BIG},
            List.of(
                new CursorImage(
                    new Cursor("#", QoS.EXACTLY_ONCE, 7, BIG, Optional.of("a/ä")), 5, BIG),
                new CursorImage(new Cursor("a/+", QoS.AT_MOST_ONCE, 0, 0, Optional.empty()), 0, 0)),
            BIG,
            3,
            1_024);
    return Stream.of(
        message(new Targets.None(), Optional.empty(), Optional.empty(), new int[0]),
        message(
            new Targets.One(70_000, option),
            Optional.of(new Source(1, 65_535, -1)),
            Optional.of("client"),
            new int[] {1, 70_000}),
        message(new Targets.Set(300), Optional.empty(), Optional.empty(), new int[] {5}),
        message(
            new Targets.AsRetained(4, QoS.AT_MOST_ONCE, 7),
            Optional.empty(),
            Optional.empty(),
            new int[0]),
        new LogRecord.SetDefined(
            Integer.MAX_VALUE,
            List.of(
                new LogRecord.Group(option, new int[] {1, 2, 3, 100_000}),
                new LogRecord.Group(
                    new Option(QoS.AT_MOST_ONCE, false, SubscriptionIdentifiers.NONE),
                    new int[] {4, Integer.MAX_VALUE}))),
        new LogRecord.SessionOpened(
            1,
            "ä",
            true,
            5,
            ProtocolVersion.V3_1,
            LogRecord.NEVER_EXPIRES,
            1_024,
            Optional.of(will)),
        new LogRecord.SessionOpened(BIG, "", false, 0, ProtocolVersion.V5, 0, 0, Optional.empty()),
        new LogRecord.SessionClosed(1, "c", 0, BIG, LogRecord.NEVER),
        new LogRecord.SessionEnded(1, 2),
        new LogRecord.Subscribed(3, List.of(subscription, subscription)),
        new LogRecord.Unsubscribed(3, List.of("a", "b/#")),
        new LogRecord.RetainedEnqueued(3, QoS.AT_MOST_ONCE, 9, new long[] {5, BIG, 7}),
        new LogRecord.RetainedBegun(3, "a/+/ä", QoS.EXACTLY_ONCE, 268_435_455),
        new LogRecord.RetainedBrought(3, Optional.of("a/ä"), new long[] {5, BIG, 7}),
        new LogRecord.RetainedBrought(70_000, Optional.empty(), new long[0]),
        new LogRecord.Acknowledged(3, new long[] {1, 2, BIG}, new long[0]),
        new LogRecord.Dropped(3, LogRecord.DropReason.REFUSED, new long[] {BIG}),
        new LogRecord.Released(3, new int[] {65_535, 1}),
        new LogRecord.SentMark(3, BIG),
        new LogRecord.SharedOpened(3, "$share/g/a", 1_024),
        new LogRecord.SharedEnded(3),
        new LogRecord.SharedAssigned(3, 0, QoS.EXACTLY_ONCE, true, 5, new long[] {1, 9}),
        new LogRecord.SharedReturned(3, new long[] {1}, 4, new long[] {BIG}),
        new LogRecord.Restarted(BIG),
        new LogRecord.SessionPart(
            "c",
            1,
            ProtocolVersion.V3_1_1,
            5,
            true,
            BIG,
            List.of(subscription),
            List.of(new Source(1, 2, Long.MIN_VALUE)),
            image),
        new LogRecord.Loaded(70_000, new long[] {5 << 8, 9 << 8 | 1}, BIG),
        new LogRecord.Displaced(7, BIG, new long[] {1, BIG}, new long[] {BIG, 1}),
        new LogRecord.LetGo(BIG, 5, new long[] {1, BIG}, new long[] {BIG, 1}),
        new LogRecord.WantedPart(
            new long[] {0, BIG},
            new long[] {1, BIG},
            List.of(new LogRecord.Leftover(3, BIG, 5, LogRecord.NEVER, 7))),
        new LogRecord.SharedQueuePart(2, "$share/g/a", image),
        new LogRecord.RetainedPart("a/b", BIG, LogRecord.NEVER, QoS.EXACTLY_ONCE),
        new LogRecord.WillPart("c", will, 5),
        new LogRecord.CountersPart(5, BIG));
  }

  private static LogRecord message(
      Targets targets, Optional<Source> source, Optional<String> willOf, int[] full) {
    return new LogRecord.Published(
        BIG,
        source.isPresent() ? 5 : LogRecord.NEVER,
        QoS.EXACTLY_ONCE,
        willOf.isPresent(),
        full.length > 0,
        source,
        willOf,
        targets,
        full,
        Bytes.utf8("topic/ä"),
        Bytes.of((byte) 1, (byte) 0),
        Bytes.utf8("payload"));
  }

  @ParameterizedTest
  @MethodSource("records")
  void everyRecordIsReadAsItWasWritten(LogRecord record) {
    byte[] written = bytes(record);
    LogRecord read = read(written);
    assertArrayEquals(written, bytes(read), "written again");
    assertEquals(text(record), text(read));
  }

  /// The log vouches for every byte, so only a broken broker can have written it.
  @ParameterizedTest
  @MethodSource("records")
  void aRecordThatNoBrokerWritesIsABrokenInvariantAndNothingElse(LogRecord record) {
    byte[] written = bytes(record);
    for (int i = 0; i < written.length; i++) {
      readOrBroken(Arrays.copyOf(written, i));
      for (int spoilt : new int[] {0, 3, 0x7F, 0x80, 0xFF, written[i] ^ 1, written[i] ^ 0x40}) {
        byte[] bytes = written.clone();
        bytes[i] = (byte) spoilt;
        readOrBroken(bytes);
      }
    }
  }

  private static void readOrBroken(byte[] bytes) {
    try {
      assertNotNull(read(bytes));
    } catch (IllegalStateException broken) {
      assertNotNull(broken.getMessage());
    }
  }

  @Test
  void aTargetSetOfMoreQueuesThanThereCanBeIsNotUnfolded() {
    RoaringBitmap all = new RoaringBitmap();
    all.add(0L, 1L << 31);
    all.runOptimize();
    ByteBuffer record = ByteBuffer.allocate(1 << 20);
    record.put((byte) 2).put((byte) 1).put((byte) 1).put((byte) 0).put((byte) 0);
    int length = all.serializedSizeInBytes();
    record
        .put((byte) (length | 0x80))
        .put((byte) (length >>> 7 | 0x80))
        .put((byte) (length >>> 14));
    all.serialize(record);
    byte[] bytes = Arrays.copyOf(record.array(), record.position());
    assertThrows(IllegalStateException.class, () -> read(bytes));
  }

  /// Arrays show their identity only; what is in them is in the bytes.
  private static String text(LogRecord record) {
    return record.toString().replaceAll("\\[[IJ]@[0-9a-f]+", "[]");
  }

  @Test
  void theFormatOfAMessageIsPinned() {
    LogRecord record =
        new LogRecord.Published(
            1,
            2,
            QoS.EXACTLY_ONCE,
            true,
            true,
            Optional.of(new Source(300, 7, 9)),
            Optional.of("w"),
            new Targets.One(5, new Option(QoS.AT_LEAST_ONCE, true, SubscriptionIdentifiers.of(8))),
            new int[] {5, 3},
            Bytes.utf8("t"),
            Bytes.of((byte) 1, (byte) 1),
            Bytes.utf8("p"));
    assertEquals(
        "01fe05" // kind, flags, QoS 1 and as published
            + "0000000000000001" // at
            + "0000000000000002" // expires
            + "ac02070000000000000009" // source
            + "0177" // will of
            + "01050108" // one queue: number, one identifier
            + "020a03" // full
            + "0174" // topic
            + "020101" // passed on
            + "70", // payload
        HexFormat.of().formatHex(bytes(record)));
  }

  private static byte[] bytes(LogRecord record) {
    RecordBody body = new RecordCodec().encode(record);
    ByteBuffer bytes = ByteBuffer.allocate(body.length());
    body.writeTo(bytes);
    assertEquals(0, bytes.remaining(), "as long as it says");
    return bytes.array();
  }

  private static LogRecord read(byte[] bytes) {
    RecordView view = new RecordView();
    new MemoryLog(0, 1, length -> 1).lend(new MemoryLog.Appended(0, 0, bytes), view);
    return RecordCodec.decode(view);
  }
}
