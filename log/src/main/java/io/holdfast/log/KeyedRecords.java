package io.holdfast.log;

import java.util.Arrays;

/// The records of one segment that have a key, in the order of their positions: what an index is
/// made of.
///
/// One thread adds; a task that was handed the count of that moment may read as far meanwhile.
final class KeyedRecords {
  private int[] keys = new int[64];
  private int[] offsets = new int[64];
  private short[] tags = new short[64];
  private int count;

  void add(int key, int offset, short tag) {
    if (count == keys.length) {
      int wider = count * 2;
      keys = Arrays.copyOf(keys, wider);
      offsets = Arrays.copyOf(offsets, wider);
      tags = Arrays.copyOf(tags, wider);
    }
    keys[count] = key;
    offsets[count] = offset;
    tags[count] = tag;
    count++;
  }

  int count() {
    return count;
  }

  /// As it is now, whatever is added later.
  Part soFar() {
    return new Part(keys, offsets, tags, count);
  }

  /// @param count how much of the arrays counts
  record Part(int[] keys, int[] offsets, short[] tags, int count) {

    /// Tells `matches` those that have one of `wanted`, which are ascending, from `fromOffset` on,
    /// until it has enough.
    void find(int[] wanted, int fromOffset, Matches matches) {
      int at = Arrays.binarySearch(offsets, 0, count, fromOffset);
      for (int i = at < 0 ? -at - 1 : at; i < count && !matches.isFull(); i++) {
        if (wanted.length == 1 ? keys[i] == wanted[0] : Arrays.binarySearch(wanted, keys[i]) >= 0) {
          matches.add(offsets[i], keys[i], tags[i]);
        }
      }
    }

    /// The places of all, ordered by key, and by position where that is the same.
    int[] byKey() {
      long[] order = new long[count];
      for (int i = 0; i < count; i++) {
        order[i] = (long) keys[i] << 32 | i;
      }
      Arrays.sort(order);
      int[] places = new int[count];
      for (int i = 0; i < count; i++) {
        places[i] = (int) order[i];
      }
      return places;
    }
  }
}
