package io.holdfast.cli.prove;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.nio.ByteBuffer;
import java.util.Optional;

/// One message that can be told from every other.
///
/// A _stream_ is what one publisher sends on one topic at one QoS, numbered from 0 on: two streams
/// for each publisher, the even one at QoS 1 and the odd one at QoS 2.
record Numbered(int stream, int number) {
  private static final String TOPICS = "numbered/";
  private static final int HEAD_BYTES = 8;

  /// For subscriptions: everything numbered.
  static final String ALL = TOPICS + "#";

  static QoS qos(int stream) {
    return stream % 2 == 0 ? QoS.AT_LEAST_ONCE : QoS.EXACTLY_ONCE;
  }

  Publish publish(boolean dup, int packetId) {
    return publish(dup, qos(stream), false, packetId, TOPICS + stream, payload());
  }

  static Publish publish(
      boolean dup, QoS qos, boolean retain, int packetId, String topic, Bytes payload) {
    return new Publish(
        dup,
        qos,
        retain,
        packetId,
        Bytes.utf8(topic),
        0,
        -1,
        SubscriptionIdentifiers.NONE,
        Bytes.EMPTY,
        payload);
  }

  /// Which message it is; empty where it is none, or not as it was sent.
  static Optional<Numbered> of(String topic, Bytes payload) {
    if (payload.length() < HEAD_BYTES) {
      return Optional.empty();
    }
    ByteBuffer head = payload.asBuffer();
    Numbered message = new Numbered(head.getInt(), head.getInt());
    return topic.equals(TOPICS + message.stream) && payload.equals(message.payload())
        ? Optional.of(message)
        : Optional.empty();
  }

  /// Most are small, and now and then one is larger than what is read at once.
  private Bytes payload() {
    int mixed = (stream * 31 + number) * 0x9E3779B9;
    int length = HEAD_BYTES + ((mixed >>> 8) % 30 == 0 ? 100_000 : (mixed >>> 16) % 500);
    ByteBuffer payload = ByteBuffer.allocate(length).putInt(stream).putInt(number);
    while (payload.hasRemaining()) {
      payload.put((byte) (mixed + payload.position()));
    }
    return Bytes.own(payload.array());
  }
}
