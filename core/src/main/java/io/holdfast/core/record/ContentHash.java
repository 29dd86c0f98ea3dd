package io.holdfast.core.record;

import io.holdfast.protocol.Bytes;

/// A 64-bit hash of what a publisher sent, part of the log's format: it must never change.
public final class ContentHash {
  private ContentHash() {}

  /// The hash of a message's topic and payload.
  public static long of(Bytes topic, Bytes payload) {
    return add(add(0x51_7C_C1_B7_27_22_0A_95L, topic), payload);
  }

  private static long add(long seed, Bytes bytes) {
    long hash = mix(seed ^ bytes.length());
    int index = 0;
    for (; index + Long.BYTES <= bytes.length(); index += Long.BYTES) {
      hash = mix(hash ^ bytes.longAt(index));
    }
    long rest = 0;
    for (; index < bytes.length(); index++) {
      rest = rest << 8 | (bytes.at(index) & 0xFF);
    }
    return mix(hash ^ rest);
  }

  /// One round of a multiply and shift mixer (constants of SplitMix64).
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
