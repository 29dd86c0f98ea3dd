package io.holdfast.simulator;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/// Where each record lay first: recovery gives records new places that it writes anew.
final class Origins implements LongUnaryOperator {
  private long[] positions = new long[64];
  private long[] origins = new long[64];
  private int count;

  /// The record at `from` lies at `to` from now on, behind all positions there were.
  void moved(long from, long to) {
    long origin = applyAsLong(from);
    forgetFrom(to);
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, count * 2);
      origins = Arrays.copyOf(origins, count * 2);
    }
    positions[count] = to;
    origins[count] = origin;
    count++;
  }

  /// What lies at `position` and behind it lies there for the first time: an earlier start may have
  /// given the same places, and come to nothing.
  void forgetFrom(long position) {
    while (count > 0 && positions[count - 1] >= position) {
      count--;
    }
  }

  @Override
  public long applyAsLong(long position) {
    if (count == 0 || position < positions[0] || position > positions[count - 1]) {
      return position;
    }
    int index = Arrays.binarySearch(positions, 0, count, position);
    return index < 0 ? position : origins[index];
  }
}
