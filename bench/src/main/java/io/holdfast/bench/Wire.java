package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The bytes of the packets that a client sends seldom. Those of every message are written by
/// `PublishTemplate` and `Subscriber`.
final class Wire {
  static final int CONNECT = 1;
  static final int CONNACK = 2;
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  static final int SUBSCRIBE = 8;
  static final int SUBACK = 9;
  static final int PINGREQ = 12;
  static final int PINGRESP = 13;
  static final int DISCONNECT = 14;

  private static final int CLEAN = 0x02;

  private Wire() {}

  /// @param isDurable whether the session is to outlive the connection; if not, an older one of
  ///   this client id ends here
  static void connect(ByteBuf output, MqttVersion version, String clientId, boolean isDurable) {
    byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
    boolean hasExpiry = version.isV5() && isDurable;
    int properties = !version.isV5() ? 0 : hasExpiry ? 6 : 1;
    output.writeByte(CONNECT << 4);
    writeVarint(output, 10 + properties + 2 + id.length);
    writeString(output, "MQTT".getBytes(StandardCharsets.UTF_8));
    output.writeByte(version.level());
    output.writeByte(isDurable ? 0 : CLEAN);
    output.writeShort(0); // No keep alive: an idle client must not cost the broker anything.
    if (hasExpiry) {
      output.writeByte(5).writeByte(0x11).writeInt(-1); // This session expiry means never.
    } else if (version.isV5()) {
      output.writeByte(0);
    }
    writeString(output, id);
  }

  /// Asks for every filter at QoS 1.
  static void subscribe(ByteBuf output, MqttVersion version, int packetId, List<String> filters) {
    List<byte[]> encoded = filters.stream().map(f -> f.getBytes(StandardCharsets.UTF_8)).toList();
    int length = version.isV5() ? 3 : 2;
    for (byte[] filter : encoded) {
      length += 3 + filter.length;
    }
    output.writeByte(SUBSCRIBE << 4 | 2);
    writeVarint(output, length);
    output.writeShort(packetId);
    if (version.isV5()) {
      output.writeByte(0);
    }
    for (byte[] filter : encoded) {
      writeString(output, filter);
      output.writeByte(1);
    }
  }

  /// The normal one, of both versions.
  static void disconnect(ByteBuf output) {
    output.writeByte(DISCONNECT << 4).writeByte(0);
  }

  static void puback(ByteBuf output, int packetId) {
    output.writeInt(PUBACK << 28 | 2 << 16 | packetId);
  }

  static void writeVarint(ByteBuf output, int value) {
    int rest = value;
    while (rest >= 0x80) {
      output.writeByte((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    output.writeByte(rest);
  }

  /// How many bytes the variable byte integer at an index takes together with as many bytes as it
  /// counts: the way to step over properties.
  static int countedBytes(ByteBuf input, int index) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int next = input.getUnsignedByte(index + i);
      value |= (next & 0x7F) << (7 * i);
      if (next < 0x80) {
        return i + 1 + value;
      }
    }
    throw new IllegalArgumentException("a length of more than four bytes");
  }

  private static void writeString(ByteBuf output, byte[] bytes) {
    output.writeShort(bytes.length).writeBytes(bytes);
  }
}
