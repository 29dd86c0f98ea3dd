package io.holdfast.core;

import java.util.Arrays;

/// A growing list of sequences without objects.
final class Sequences {
  private long[] values = new long[8];
  private int count;

  void add(long sequence) {
    if (count == values.length) {
      values = Arrays.copyOf(values, count * 2);
    }
    values[count++] = sequence;
  }

  int count() {
    return count;
  }

  /// The sequence that was added as number `index`, from 0.
  long at(int index) {
    return values[index];
  }

  boolean isEmpty() {
    return count == 0;
  }

  /// Empties the list, and gives what was in it, ascending.
  long[] takeAscending() {
    long[] taken = takeInOrder();
    Arrays.sort(taken);
    return taken;
  }

  /// The same in the order in which it was added.
  long[] takeInOrder() {
    long[] taken = Arrays.copyOf(values, count);
    count = 0;
    return taken;
  }
}
