package io.holdfast.simulator;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Bytes on their way, first in, first out.
final class Pipe {
  private byte[] bytes = new byte[256];
  private int from;
  private int until;

  int length() {
    return until - from;
  }

  boolean isEmpty() {
    return from == until;
  }

  /// Takes in the next `length` bytes of `source`.
  void put(ByteBuffer source, int length) {
    makeRoom(length);
    source.get(bytes, until, length);
    until += length;
  }

  private void makeRoom(int length) {
    if (from == until) {
      from = 0;
      until = 0;
    }
    if (bytes.length - until >= length) {
      return;
    }
    int held = length();
    byte[] target = bytes;
    if (held + length > bytes.length) {
      target = new byte[Math.max(held + length, bytes.length * 2)];
    }
    System.arraycopy(bytes, from, target, 0, held);
    bytes = target;
    from = 0;
    until = held;
  }

  /// Gives out the oldest `length` bytes.
  void moveTo(Pipe target, int length) {
    target.makeRoom(length);
    System.arraycopy(bytes, from, target.bytes, target.until, length);
    target.until += length;
    from += length;
  }

  void moveTo(ByteBuffer target, int length) {
    target.put(bytes, from, length);
    from += length;
  }

  /// Forgets all but the oldest `length` bytes.
  void keep(int length) {
    until = from + Math.min(length, length());
  }

  /// Tells the bytes apart from others, cheaply.
  long hash(int length) {
    return Arrays.hashCode(Arrays.copyOfRange(bytes, from, from + length));
  }
}
