package io.holdfast.core.record;

import io.holdfast.core.Invariant;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads what `RecordWriter` wrote. The log has checked the bytes already: what does not fit is a
/// broken invariant.
final class RecordReader {
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private int end;
  private int index;

  RecordReader() {}

  RecordReader(RecordView view) {
    show(view);
  }

  /// From here on the record that `view` shows is read.
  void show(RecordView view) {
    this.buffer = view.buffer();
    this.index = view.offset();
    this.end = view.offset() + view.length();
  }

  int get() {
    checkRoom(1);
    return buffer.get(index++) & 0xFF;
  }

  long getLong() {
    checkRoom(Long.BYTES);
    long value = buffer.getLong(index);
    index += Long.BYTES;
    return value;
  }

  private void checkRoom(int bytes) {
    Invariant.check(bytes >= 0 && bytes <= end - index, "a field ends within its record");
  }

  /// A quality of service in the two lowest bits, whatever the others say.
  static QoS qos(int bits) {
    int level = bits & 3;
    Invariant.check(level <= 2, "a quality of service is 0 to 2");
    return QoS.of(level);
  }

  long varint() {
    long value = 0;
    int shift = 0;
    while (true) {
      int next = get();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
      shift += 7;
      Invariant.check(shift < 64, "a varint has at most ten bytes");
    }
  }

  /// One that is a length, a count or a number of something: not negative, and an int.
  int smallVarint() {
    long value = varint();
    Invariant.check(value >= 0 && value <= Integer.MAX_VALUE, "a small number is small");
    return (int) value;
  }

  String text() {
    return bytes().toUtf8();
  }

  Optional<String> optionalText() {
    return get() == 0 ? Optional.empty() : Optional.of(text());
  }

  Bytes bytes() {
    return take(smallVarint());
  }

  Bytes rest() {
    return take(end - index);
  }

  private Bytes take(int length) {
    checkRoom(length);
    Bytes bytes = Bytes.borrow(buffer, index, length);
    index += length;
    return bytes;
  }

  long[] deltas() {
    long[] numbers = new long[count()];
    long last = 0;
    for (int i = 0; i < numbers.length; i++) {
      last += zigzag();
      numbers[i] = last;
    }
    return numbers;
  }

  int[] intDeltas() {
    int[] numbers = new int[count()];
    long last = 0;
    for (int i = 0; i < numbers.length; i++) {
      last += zigzag();
      Invariant.check(last == (int) last, "a small number is small");
      numbers[i] = (int) last;
    }
    return numbers;
  }

  /// A list of what `read` makes of each item.
  <T> List<T> list(Function<RecordReader, T> read) {
    int count = count();
    List<T> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(read.apply(this));
    }
    return items;
  }

  /// A count of things of at least one byte each.
  int count() {
    int count = smallVarint();
    Invariant.check(count <= end - index, "a list ends within its record");
    return count;
  }

  /// The next `length` bytes as a buffer of its own.
  ByteBuffer buffer(int length) {
    checkRoom(length);
    ByteBuffer slice = buffer.slice(index, length);
    index += length;
    return slice;
  }

  void skip(int bytes) {
    checkRoom(bytes);
    index += bytes;
  }

  private long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }
}
