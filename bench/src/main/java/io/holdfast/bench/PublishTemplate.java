package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// The PUBLISH that is sent to one topic again and again, built once; only the packet identifier and
/// the stamp change. The stamp starts the payload:
///
///     0        8       12         20             28
///     +--------+-------+----------+--------------+---------- - -
///     | run id | topic | sequence | sent (nanos) | zeros ...
///     +--------+-------+----------+--------------+---------- - -
///
/// Topics are numbered, and the messages of each from zero.
/// The sending time is the generator's own monotonic clock, which is the one that reads it.
final class PublishTemplate {
  static final int STAMP_BYTES = 28;
  static final int TOPIC_AT = 8;
  static final int SEQUENCE_AT = 12;
  static final int SENT_AT = 20;

  private final ByteBuf bytes;
  private final int packetIdAt;
  private final int stampAt;

  PublishTemplate(
      MqttVersion version, String topic, int payloadBytes, long runId, int topicNumber) {
    byte[] name = topic.getBytes(StandardCharsets.UTF_8);
    int properties = version.isV5() ? 1 : 0;
    int length = 2 + name.length + 2 + properties + payloadBytes;
    ByteBuf built = Unpooled.buffer(5 + length);
    built.writeByte(Wire.PUBLISH << 4 | 1 << 1);
    Wire.writeVarint(built, length);
    built.writeShort(name.length).writeBytes(name);
    this.packetIdAt = built.writerIndex();
    built.writeShort(0).writeZero(properties);
    this.stampAt = built.writerIndex();
    built.writeLong(runId).writeInt(topicNumber).writeZero(payloadBytes - 12);
    this.bytes = built;
  }

  /// The length of the packet.
  int length() {
    return bytes.writerIndex();
  }

  void appendTo(ByteBuf output, int packetId, long sequence, long sentNanos) {
    int start = output.writerIndex();
    output.writeBytes(bytes, 0, bytes.writerIndex());
    output.setShort(start + packetIdAt, packetId);
    output.setLong(start + stampAt + SEQUENCE_AT, sequence);
    output.setLong(start + stampAt + SENT_AT, sentNanos);
  }
}
