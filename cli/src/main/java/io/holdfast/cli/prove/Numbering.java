package io.holdfast.cli.prove;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.nio.ByteBuffer;
import java.util.Optional;

/// How numbered messages look on the wire. The payload follows from the number alone, so that a
/// consumer can tell one that is not as it was sent.
///
/// @param prefix begins the topics, without a slash
/// @param largeOneIn so many messages have on average one that is larger than what is read at once;
///   the others are small; 0 for none
public record Numbering(String prefix, int largeOneIn) {
  private static final int HEAD_BYTES = 8;
  private static final int LARGE_BYTES = 100_000;
  private static final int SMALL_BYTES_MAX = 500;

  /// For subscriptions: everything numbered.
  public String all() {
    return prefix + "/numbered/#";
  }

  private String topic(int stream) {
    return prefix + "/numbered/" + stream;
  }

  /// Where a client publishes something of its own that is not numbered.
  String ownTopic(String clientId) {
    return prefix + "/own/" + clientId;
  }

  Publish publish(Numbered message, boolean dup, int packetId) {
    return publish(
        dup,
        Numbered.qos(message.stream()),
        false,
        packetId,
        topic(message.stream()),
        payload(message));
  }

  /// A PUBLISH of anything, without properties.
  public static Publish publish(
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
  Optional<Numbered> read(String topic, Bytes payload) {
    if (payload.length() < HEAD_BYTES) {
      return Optional.empty();
    }
    ByteBuffer head = payload.asBuffer();
    Numbered message = new Numbered(head.getInt(), head.getInt());
    return topic.equals(topic(message.stream())) && payload.equals(payload(message))
        ? Optional.of(message)
        : Optional.empty();
  }

  private Bytes payload(Numbered message) {
    int mixed = (message.stream() * 31 + message.number()) * 0x9E3779B9;
    boolean isLarge = largeOneIn > 0 && (mixed >>> 8) % largeOneIn == 0;
    int length = HEAD_BYTES + (isLarge ? LARGE_BYTES : (mixed >>> 16) % SMALL_BYTES_MAX);
    ByteBuffer payload =
        ByteBuffer.allocate(length).putInt(message.stream()).putInt(message.number());
    while (payload.hasRemaining()) {
      payload.put((byte) (mixed + payload.position()));
    }
    return Bytes.own(payload.array());
  }
}
