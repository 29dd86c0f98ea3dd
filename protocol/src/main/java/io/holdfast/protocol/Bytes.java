package io.holdfast.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A read-only, _borrowed_ view of bytes: valid until the call that handed it over returns.
///
/// Who keeps it calls `copy()`, which owns its memory. Equality and hash are by content. Not
/// thread-safe while borrowed; a copy is immutable and may be shared.
public final class Bytes implements Comparable<Bytes> {
  public static final Bytes EMPTY = new Bytes(ByteBuffer.allocate(0), 0, 0, true);

  private final ByteBuffer buffer;
  private final int offset;
  private final int length;
  private final boolean owned;

  private Bytes(ByteBuffer buffer, int offset, int length, boolean owned) {
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
    this.owned = owned;
  }

  /// A view of `length` bytes of `buffer` from the absolute index `offset`; the buffer's own
  /// position and limit are neither used nor moved.
  public static Bytes borrow(ByteBuffer buffer, int offset, int length) {
    return length == 0 ? EMPTY : new Bytes(buffer, offset, length, false);
  }

  /// The UTF-8 form of `text`, owned.
  public static Bytes utf8(String text) {
    return own(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A copy of `bytes`, owned.
  public static Bytes of(byte... bytes) {
    return own(bytes.clone());
  }

  /// Takes `bytes` over; the caller must not change them any more.
  public static Bytes own(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Bytes(ByteBuffer.wrap(bytes), 0, bytes.length, true);
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public byte at(int index) {
    return buffer.get(offset + Objects.checkIndex(index, length));
  }

  /// The bytes as an owned value; itself if it is one already.
  public Bytes copy() {
    return owned ? this : own(toArray());
  }

  public byte[] toArray() {
    byte[] bytes = new byte[length];
    buffer.get(offset, bytes);
    return bytes;
  }

  /// Writes the bytes at `target`'s position, and moves it.
  public void writeTo(ByteBuffer target) {
    target.put(target.position(), buffer, offset, length);
    target.position(target.position() + length);
  }

  /// A borrowed part of this view.
  public Bytes slice(int from, int sliceLength) {
    Objects.checkFromIndexSize(from, sliceLength, length);
    return new Bytes(buffer, offset + from, sliceLength, false);
  }

  /// A read-only buffer over the same memory, from position 0 to its limit.
  public ByteBuffer asBuffer() {
    return buffer.slice(offset, length).asReadOnlyBuffer();
  }

  public String toUtf8() {
    return buffer.hasArray()
        ? new String(buffer.array(), buffer.arrayOffset() + offset, length, StandardCharsets.UTF_8)
        : new String(toArray(), StandardCharsets.UTF_8);
  }

  /// Byte by byte, each from 0 to 255, as UTF-8 text sorts by its characters; the shorter of two
  /// that begin alike comes first.
  @Override
  public int compareTo(Bytes other) {
    ByteBuffer mine = buffer.slice(offset, length);
    ByteBuffer others = other.buffer.slice(other.offset, other.length);
    int different = mine.mismatch(others);
    return different < 0 || different == Math.min(length, other.length)
        ? Integer.compare(length, other.length)
        : Byte.compareUnsigned(mine.get(different), others.get(different));
  }

  @Override
  public boolean equals(@Nullable Object object) {
    if (!(object instanceof Bytes other) || other.length != length) {
      return false;
    }
    int index = 0;
    for (; index + Long.BYTES <= length; index += Long.BYTES) {
      if (longAt(index) != other.longAt(index)) {
        return false;
      }
    }
    for (; index < length; index++) {
      if (at(index) != other.at(index)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    long hash = length;
    int index = 0;
    for (; index + Long.BYTES <= length; index += Long.BYTES) {
      hash = mix(hash ^ longAt(index));
    }
    for (; index < length; index++) {
      hash = (hash ^ at(index)) * 0x100000001b3L;
    }
    return Long.hashCode(mix(hash));
  }

  @Override
  public String toString() {
    return toUtf8();
  }

  /// The eight bytes from `index` on as a big-endian number, whatever the order of the buffer.
  public long longAt(int index) {
    Objects.checkFromIndexSize(index, Long.BYTES, length);
    long value = buffer.getLong(offset + index);
    return buffer.order() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 32)) * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 29);
  }
}
