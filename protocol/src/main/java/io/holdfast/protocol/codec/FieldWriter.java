package io.holdfast.protocol.codec;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.UserProperty;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/// Gathers the fields of a packet, or of its properties, as MQTT writes them (MQTT 5.0 section
/// 1.5).
final class FieldWriter {
  /// What two length bytes can say: longer fields are our mistake, and must not become other
  /// fields.
  private static final int FIELD_BYTES_MAX = 65535;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

  byte[] toByteArray() {
    return out.toByteArray();
  }

  /// A property list, with its length in front.
  void properties(Consumer<FieldWriter> write) {
    FieldWriter properties = new FieldWriter();
    write.accept(properties);
    varint(properties.out.size());
    out.writeBytes(properties.toByteArray());
  }

  /// Bytes that are fields already.
  void raw(Bytes fields) {
    out.writeBytes(fields.toArray());
  }

  void users(List<UserProperty> userProperties) {
    for (UserProperty property : userProperties) {
      u8(Properties.USER_PROPERTY);
      text(property.name());
      text(property.value());
    }
  }

  void u8(int value) {
    out.write(value);
  }

  void u16(int value) {
    out.write(value >>> 8);
    out.write(value);
  }

  void u16(int identifier, int value) {
    u8(identifier);
    u16(value);
  }

  void u32(int identifier, long value) {
    u8(identifier);
    u16((int) (value >>> 16));
    u16((int) value);
  }

  void flag(int identifier, boolean value) {
    u8(identifier);
    u8(value ? 1 : 0);
  }

  void varint(int value) {
    int rest = value;
    while (rest >= 0x80) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  void text(String text) {
    bytes(Bytes.own(text.getBytes(StandardCharsets.UTF_8)));
  }

  void text(int identifier, String text) {
    u8(identifier);
    text(text);
  }

  void bytes(Bytes bytes) {
    if (bytes.length() > FIELD_BYTES_MAX) {
      throw new IllegalArgumentException("a field of " + bytes.length() + " bytes");
    }
    u16(bytes.length());
    out.writeBytes(bytes.toArray());
  }

  void bytes(int identifier, Bytes bytes) {
    u8(identifier);
    bytes(bytes);
  }
}
