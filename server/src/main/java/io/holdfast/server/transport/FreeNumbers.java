package io.holdfast.server.transport;

import java.util.Arrays;

/// Small numbers for connections; one that was given back is used again first.
final class FreeNumbers {
  private int[] free = new int[64];
  private int freeCount;
  private int next;

  int take() {
    return freeCount > 0 ? free[--freeCount] : next++;
  }

  void giveBack(int number) {
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = number;
  }
}
