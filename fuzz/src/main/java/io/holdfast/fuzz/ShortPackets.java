package io.holdfast.fuzz;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.Will;
import java.util.List;
import java.util.Optional;

/// Well-formed packets in a few bytes each, so that a fuzzer gets deep into the broker without
/// having to find out what a CONNECT looks like. Names and topics are few and meet each other.
final class ShortPackets {
  private static final List<ProtocolVersion> VERSIONS =
      List.of(ProtocolVersion.V5, ProtocolVersion.V3_1_1, ProtocolVersion.V3_1);
  private static final List<RetainHandling> HANDLINGS = List.of(RetainHandling.values());
  private static final List<String> NAMES = List.of("alice", "bob", "carol", "");
  private static final List<String> TOPICS =
      List.of("a", "a/b", "a/b/c", "b", "$SYS/x", "/", "c", "");
  private static final List<String> FILTERS =
      List.of(
          "a/b",
          "#",
          "a/+",
          "$share/g/a/b",
          "$share/h/#",
          "$share/g/a",
          "b",
          "+/+/c",
          "a",
          "$SYS/#",
          "",
          "a#",
          "$share//a",
          "a/#",
          "+",
          "c");
  private static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

  private ShortPackets() {}

  private static QoS qos(int bits) {
    return QoS.of((bits & 3) % 3);
  }

  private static long seconds(int exponent) {
    return exponent >= 32 ? NEVER_EXPIRES : (1L << exponent) - 1;
  }

  /// Three bytes.
  ///
  /// first: 0-1 version; 2 no clean start; 3-4 name; 5 a will; 6-7 its QoS. Second: 0-5 session
  /// expiry, as an exponent; 6 a short keep alive; 7 it takes small packets only. Third: 0-3
  /// receive maximum; 4-5 aliases; 6 the will waits; 7 the will is retained
  static Packet connect(Input in) {
    int flags = in.next();
    int session = in.next();
    int takes = in.next();
    ProtocolVersion version = VERSIONS.get((flags & 3) % 3);
    boolean isV5 = version.isV5();
    Optional<Will> will =
        (flags & 32) == 0
            ? Optional.empty()
            : Optional.of(
                new Will(
                    Bytes.utf8("a/b"),
                    Bytes.utf8("gone"),
                    qos(flags >>> 6),
                    (takes & 128) != 0,
                    isV5 && (takes & 64) != 0 ? 5 : 0,
                    -1,
                    Bytes.EMPTY));
    return new Connect(
        version,
        false,
        NAMES.get(flags >>> 3 & 3),
        (flags & 4) == 0,
        (session & 64) != 0 ? 1 : 0,
        will,
        Optional.empty(),
        Optional.empty(),
        isV5 ? seconds(session & 63) : -1,
        isV5 ? 1 + (takes & 15) : 65535,
        isV5 && (session & 128) != 0 ? 40 : -1,
        isV5 ? takes >>> 4 & 3 : 0,
        false,
        true,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /// Four bytes.
  ///
  /// first: 0-1 QoS; 2 retain; 3 DUP; 4-6 topic; 7 it expires. Second: packet id. Third: alias,
  /// 0-1, and for the expiry 2-7. Fourth: length of payload
  static Packet publish(Input in, ProtocolVersion version) {
    int flags = in.next();
    int packetId = in.next();
    int properties = in.next();
    int length = in.next();
    QoS qos = qos(flags);
    boolean isV5 = version.isV5();
    return new Publish(
        qos != QoS.AT_MOST_ONCE && (flags & 8) != 0,
        qos,
        (flags & 4) != 0,
        qos == QoS.AT_MOST_ONCE ? 0 : 1 + packetId,
        Bytes.utf8(TOPICS.get(flags >>> 4 & 7)),
        isV5 ? properties & 3 : 0,
        isV5 && (flags & 128) != 0 ? properties >>> 2 : -1,
        SubscriptionIdentifiers.NONE,
        Bytes.EMPTY,
        Bytes.own(new byte[length < 128 ? length : (length - 127) * 200]));
  }

  /// Two bytes.
  ///
  /// first: 0-3 filter; 4-5 QoS; 6-7 identifier. Second: 0 no local; 1 retain as published; 2-3
  /// retain handling; 4-7 packet id
  static Packet subscribe(Input in, ProtocolVersion version) {
    int first = in.next();
    int options = in.next();
    boolean isV5 = version.isV5();
    return new Subscribe(
        1 + (options >>> 4),
        isV5 ? first >>> 6 : 0,
        List.of(),
        List.of(
            new Requested(
                FILTERS.get(first & 15),
                qos(first >>> 4),
                isV5 && (options & 1) != 0,
                isV5 && (options & 2) != 0,
                isV5 ? HANDLINGS.get((options >>> 2 & 3) % 3) : RetainHandling.SEND)));
  }

  /// One byte: 0-3 filter, 4-7 packet id.
  static Packet unsubscribe(Input in) {
    int first = in.next();
    return new Unsubscribe(1 + (first >>> 4), List.of(), List.of(FILTERS.get(first & 15)));
  }
}
