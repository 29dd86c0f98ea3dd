package io.holdfast.core.record;

import io.holdfast.log.RecordBody;
import io.holdfast.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Builds the bytes of one record in memory of its own, which it uses again for the next.
/// Big-endian; `varint` is unsigned LEB128.
final class RecordWriter implements RecordBody {
  private static final int KEPT_BYTES_MAX = 1 << 20;

  private ByteBuffer buffer = ByteBuffer.allocate(4096);

  void clear() {
    if (buffer.capacity() > KEPT_BYTES_MAX) {
      buffer = ByteBuffer.allocate(4096);
    }
    buffer.clear();
  }

  @Override
  public int length() {
    return buffer.position();
  }

  @Override
  public void writeTo(ByteBuffer target) {
    target.put(target.position(), buffer, 0, length());
    target.position(target.position() + length());
  }

  void put(int value) {
    room(1);
    buffer.put((byte) value);
  }

  void putLong(long value) {
    room(Long.BYTES);
    buffer.putLong(value);
  }

  void varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer.put((byte) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    buffer.put((byte) rest);
  }

  void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    varint(utf8.length);
    room(utf8.length);
    buffer.put(utf8);
  }

  /// Whether there is one, and the text if so.
  void optionalText(Optional<String> text) {
    put(text.isPresent() ? 1 : 0);
    text.ifPresent(this::text);
  }

  void bytes(Bytes bytes) {
    varint(bytes.length());
    rest(bytes);
  }

  /// Bytes without their length in front: the last of a record.
  void rest(Bytes bytes) {
    room(bytes.length());
    bytes.writeTo(buffer);
  }

  /// Numbers as their count and the differences from one to the next.
  void deltas(long[] numbers) {
    varint(numbers.length);
    long last = 0;
    for (long number : numbers) {
      zigzag(number - last);
      last = number;
    }
  }

  void deltas(int[] numbers) {
    varint(numbers.length);
    long last = 0;
    for (int number : numbers) {
      zigzag(number - last);
      last = number;
    }
  }

  /// A list as its count and what `write` makes of each item.
  <T> void list(List<T> items, BiConsumer<RecordWriter, T> write) {
    varint(items.size());
    for (T item : items) {
      write.accept(this, item);
    }
  }

  private void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  /// At least `bytes` more bytes, and where to write them: for who knows how.
  ByteBuffer roomFor(int bytes) {
    room(bytes);
    return buffer;
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      int capacity = Math.max(buffer.capacity() * 2, Math.addExact(buffer.position(), bytes));
      buffer.flip();
      buffer = ByteBuffer.allocate(capacity).put(buffer);
    }
  }
}
