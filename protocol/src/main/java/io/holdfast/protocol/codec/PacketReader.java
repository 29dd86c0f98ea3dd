package io.holdfast.protocol.codec;

import static io.holdfast.protocol.codec.MalformedException.malformed;

import io.holdfast.protocol.Bytes;
import java.nio.ByteBuffer;

/// Reads the fields of one packet, never past its end (MQTT 5.0 section 1.5).
final class PacketReader {
  private final ByteBuffer buffer;
  private final int end;
  private int index;

  PacketReader(ByteBuffer buffer, int from, int until) {
    this.buffer = buffer;
    this.index = from;
    this.end = until;
  }

  int remaining() {
    return end - index;
  }

  boolean isAtEnd() {
    return index == end;
  }

  int index() {
    return index;
  }

  Bytes from(int start) {
    return Bytes.borrow(buffer, start, index - start);
  }

  Bytes view(int start, int until) {
    return Bytes.borrow(buffer, start, until - start);
  }

  int u8(String field) throws MalformedException {
    need(1, field);
    return buffer.get(index++) & 0xFF;
  }

  int u16(String field) throws MalformedException {
    need(2, field);
    int value = (buffer.get(index) & 0xFF) << 8 | (buffer.get(index + 1) & 0xFF);
    index += 2;
    return value;
  }

  long u32(String field) throws MalformedException {
    return (long) u16(field) << 16 | u16(field);
  }

  /// A variable byte integer, in its shortest form [MQTT-1.5.5-1].
  int varint(String field) throws MalformedException {
    int value = 0;
    for (int shift = 0; shift <= 21; shift += 7) {
      int next = u8(field);
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw malformed(field + ": not in its shortest form");
        }
        return value;
      }
    }
    throw malformed(field + ": longer than four bytes");
  }

  Bytes binary(String field) throws MalformedException {
    return take(u16(field), field);
  }

  Bytes rest() {
    Bytes rest = Bytes.borrow(buffer, index, end - index);
    index = end;
    return rest;
  }

  Bytes take(int length, String field) throws MalformedException {
    need(length, field);
    Bytes bytes = Bytes.borrow(buffer, index, length);
    index += length;
    return bytes;
  }

  String text(String field) throws MalformedException {
    return utf8(field).toUtf8();
  }

  /// A UTF-8 encoded string, well-formed and without U+0000 [MQTT-1.5.4-1, -2].
  Bytes utf8(String field) throws MalformedException {
    Bytes bytes = binary(field);
    if (!isUtf8(index - bytes.length(), index)) {
      throw malformed(field + ": not well-formed UTF-8 without U+0000");
    }
    return bytes;
  }

  /// Also without wildcards: a topic name [MQTT-3.3.2-2, 4.7.1-1].
  Bytes topicName(String field) throws MalformedException {
    Bytes bytes = utf8(field);
    for (int i = index - bytes.length(); i < index; i++) {
      byte next = buffer.get(i);
      if (next == '+' || next == '#') {
        throw new MalformedException(
            io.holdfast.protocol.packet.ReasonCode.TOPIC_NAME_INVALID,
            field + ": a topic name has no wildcards");
      }
    }
    return bytes;
  }

  private boolean isUtf8(int from, int until) {
    int i = from;
    while (i < until) {
      int first = buffer.get(i++);
      if (first > 0) {
        continue;
      }
      if (first == 0) {
        return false;
      }
      i = afterMultiByte(first & 0xFF, i, until);
      if (i < 0) {
        return false;
      }
    }
    return true;
  }

  /// The index behind a character of two to four bytes whose first is `first`, or -1 where it is
  /// ill-formed (Unicode 15, table 3-7).
  private int afterMultiByte(int first, int second, int until) {
    int more;
    int lowest = 0x80;
    int highest = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
      more = 1;
    } else if (first >= 0xE0 && first <= 0xEF) {
      more = 2;
      lowest = first == 0xE0 ? 0xA0 : 0x80;
      highest = first == 0xED ? 0x9F : 0xBF;
    } else if (first >= 0xF0 && first <= 0xF4) {
      more = 3;
      lowest = first == 0xF0 ? 0x90 : 0x80;
      highest = first == 0xF4 ? 0x8F : 0xBF;
    } else {
      return -1;
    }
    if (second + more > until) {
      return -1;
    }
    int next = buffer.get(second) & 0xFF;
    if (next < lowest || next > highest) {
      return -1;
    }
    for (int i = second + 1; i < second + more; i++) {
      if ((buffer.get(i) & 0xC0) != 0x80) {
        return -1;
      }
    }
    return second + more;
  }

  private void need(int bytes, String field) throws MalformedException {
    if (end - index < bytes) {
      throw malformed(field + ": the packet ends within it");
    }
  }
}
