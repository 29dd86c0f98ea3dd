package io.holdfast.protocol.codec;

import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import java.nio.ByteBuffer;

/// Writes packets as the bytes of a protocol version. Keeps nothing; any thread may use it.
///
/// The packets of every message are written straight; the rarer ones by `PacketFields`, which
/// measures by writing nowhere.
public final class PacketEncoder {
  private PacketEncoder() {}

  /// The exact length that `encode` will write, in bytes; above 268,435,460 it cannot be encoded.
  public static long length(Packet packet, ProtocolVersion version) {
    long body =
        packet instanceof Publish publish
            ? publishBody(publish, version)
            : PacketFields.bodyLength(packet, version);
    return 1 + varintLength(body) + body;
  }

  /// Writes the whole packet at `output`'s position and moves it. There must be room for `length`
  /// bytes, and the buffer's order must be big-endian, as it is unless somebody changed it.
  public static void encode(Packet packet, ProtocolVersion version, ByteBuffer output) {
    if (packet instanceof Publish publish) {
      encodePublish(publish, version, output);
    } else {
      PacketFields.encode(packet, version, output);
    }
  }

  private static long publishBody(Publish publish, ProtocolVersion version) {
    long length = 2L + publish.topic().length() + publish.payload().length();
    if (publish.qos() != QoS.AT_MOST_ONCE) {
      length += 2;
    }
    if (version.isV5()) {
      int properties = propertiesLength(publish);
      length += varintLength(properties) + properties;
    }
    return length;
  }

  private static int propertiesLength(Publish publish) {
    int length = publish.passedOn().length();
    if (publish.messageExpirySeconds() >= 0) {
      length += 5;
    }
    if (publish.topicAlias() != 0) {
      length += 3;
    }
    for (int i = 0; i < publish.subscriptionIdentifiers().count(); i++) {
      length += 1 + varintLength(publish.subscriptionIdentifiers().at(i));
    }
    return length;
  }

  private static void encodePublish(Publish publish, ProtocolVersion version, ByteBuffer output) {
    output.put(
        (byte)
            (PacketBody.PUBLISH << 4
                | (publish.dup() ? 8 : 0)
                | publish.qos().level() << 1
                | (publish.retain() ? 1 : 0)));
    putVarint(publishBody(publish, version), output);
    output.putShort((short) publish.topic().length());
    publish.topic().writeTo(output);
    if (publish.qos() != QoS.AT_MOST_ONCE) {
      output.putShort((short) publish.packetId());
    }
    if (version.isV5()) {
      putVarint(propertiesLength(publish), output);
      if (publish.messageExpirySeconds() >= 0) {
        output.put((byte) Properties.MESSAGE_EXPIRY_INTERVAL);
        output.putInt((int) publish.messageExpirySeconds());
      }
      if (publish.topicAlias() != 0) {
        output.put((byte) Properties.TOPIC_ALIAS);
        output.putShort((short) publish.topicAlias());
      }
      for (int i = 0; i < publish.subscriptionIdentifiers().count(); i++) {
        output.put((byte) Properties.SUBSCRIPTION_IDENTIFIER);
        putVarint(publish.subscriptionIdentifiers().at(i), output);
      }
      publish.passedOn().writeTo(output);
    }
    publish.payload().writeTo(output);
  }

  static int varintLength(long value) {
    return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;
  }

  static void putVarint(long value, ByteBuffer output) {
    long rest = value;
    while (rest >= 0x80) {
      output.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    output.put((byte) rest);
  }
}
