package io.holdfast.protocol.codec;

import static io.holdfast.protocol.codec.MalformedException.malformed;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;

/// Reads the fields of one packet, never past its end (MQTT 5.0 section 1.5).
///
/// One decoder has one, and points it at one packet after the other.
final class PacketReader {
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long PLUSES = '+' * ONES;
  private static final long HASHES = '#' * ONES;
  private static final ByteBuffer NO_BUFFER = ByteBuffer.allocate(0);

  private final Properties ofPublish = new Properties();
  private ByteBuffer buffer = NO_BUFFER;
  private int end;
  private int index;

  /// Reads from the absolute index `from` until `until` next.
  void open(ByteBuffer packet, int from, int until) {
    buffer = packet;
    index = from;
    end = until;
  }

  /// Lets go of the buffer.
  void close() {
    open(NO_BUFFER, 0, 0);
    ofPublish.clear();
  }

  /// Where the properties of a PUBLISH are read into: the one packet so frequent that an object for
  /// each would count.
  Properties ofPublish() {
    return ofPublish;
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

  Bytes utf8(String field) throws MalformedException {
    int start = index + 2;
    passUtf8(field);
    return view(start, index);
  }

  /// Passes over a field of binary data, as the others named so do over theirs: what is passed on
  /// as it stands is checked, and needs no view of its own.
  void passBinary(String field) throws MalformedException {
    int length = u16(field);
    need(length, field);
    index += length;
  }

  /// A UTF-8 encoded string, well-formed and without U+0000 [MQTT-1.5.4-1, -2].
  void passUtf8(String field) throws MalformedException {
    int start = index + 2;
    passBinary(field);
    if (!isUtf8(start, index)) {
      throw malformed(field + ": not well-formed UTF-8 without U+0000");
    }
  }

  /// Also without wildcards: a topic name [MQTT-3.3.2-2, 4.7.1-1].
  Bytes topicName(String field) throws MalformedException {
    int start = index + 2;
    passUtf8(field);
    if (hasWildcard(start, index)) {
      throw new MalformedException(
          ReasonCode.TOPIC_NAME_INVALID, field + ": a topic name has no wildcards");
    }
    return view(start, index);
  }

  /// A topic name that nothing stands for: at least one character long [MQTT-4.7.3-1].
  Bytes nonEmptyTopicName(String field) throws MalformedException {
    Bytes bytes = topicName(field);
    if (bytes.isEmpty()) {
      throw new MalformedException(ReasonCode.TOPIC_NAME_INVALID, field + ": empty");
    }
    return bytes;
  }

  /// Eight bytes at a time, as in `isUtf8`: no byte of a longer character looks like a wildcard.
  private boolean hasWildcard(int from, int until) {
    int i = from;
    for (; i + Long.BYTES <= until; i += Long.BYTES) {
      long word = buffer.getLong(i);
      if (hasZeroByte(word ^ PLUSES) || hasZeroByte(word ^ HASHES)) {
        return true;
      }
    }
    for (; i < until; i++) {
      byte next = buffer.get(i);
      if (next == '+' || next == '#') {
        return true;
      }
    }
    return false;
  }

  private static boolean hasZeroByte(long word) {
    return ((word - ONES) & ~word & HIGHS) != 0;
  }

  private boolean isUtf8(int from, int until) {
    int i = from;
    while (i < until) {
      // Nearly every string is ASCII: eight bytes from 0x01 to 0x7F are passed over at once.
      if (i + Long.BYTES <= until) {
        long word = buffer.getLong(i);
        if (((word | (word - ONES)) & HIGHS) == 0) {
          i += Long.BYTES;
          continue;
        }
      }
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
