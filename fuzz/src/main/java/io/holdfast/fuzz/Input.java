package io.holdfast.fuzz;

import java.util.Arrays;

/// What a fuzzer thought out, read from front to back. Behind its end everything is zero, so that
/// every sequence of bytes is a whole story.
final class Input {
  private final byte[] bytes;
  private int index;

  Input(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean isAtEnd() {
    return index >= bytes.length;
  }

  /// One byte, 0 to 255.
  int next() {
    return isAtEnd() ? 0 : bytes[index++] & 0xFF;
  }

  /// Two bytes, big-endian.
  int next16() {
    return next() << 8 | next();
  }

  /// Eight bytes, big-endian.
  long next64() {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | next();
    }
    return value;
  }

  /// The next `length` bytes, or as many as there are.
  byte[] take(int length) {
    int until = Math.min(bytes.length, index + length);
    byte[] taken = Arrays.copyOfRange(bytes, Math.min(index, until), until);
    index = until;
    return taken;
  }

  /// A byte for the length, then so many bytes.
  byte[] takeCounted() {
    return take(next());
  }

  byte[] rest() {
    return take(bytes.length);
  }
}
