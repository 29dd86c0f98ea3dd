package io.holdfast.log;

/// The unit in which batches are laid out: what a disk writes whole or not at all.
final class Sector {
  static final int BYTES = 4096;

  private Sector() {}

  /// The first sector border at or after `value`.
  static long up(long value) {
    return (value + BYTES - 1) & -BYTES;
  }

  static int up(int value) {
    return (value + BYTES - 1) & -BYTES;
  }
}
