package io.holdfast.core.queue;

import io.holdfast.core.Invariant;
import java.util.Arrays;

/// Entries by sequence, one `long` each (`Entry`). Eight bytes for a message that waits; grows by
/// doubling, and shrinks when it is mostly empty.
final class EntryRing {
  private static final long[] NONE = new long[0];

  private long[] entries = NONE;
  private long head;
  private long tail;

  /// The sequence of the oldest entry kept.
  long head() {
    return head;
  }

  /// The sequence that the next entry will get.
  long tail() {
    return tail;
  }

  void startAt(long sequence) {
    Invariant.check(head == tail, "only an empty ring starts anew");
    head = sequence;
    tail = sequence;
  }

  long add(long entry) {
    if (tail - head == entries.length) {
      resize(Math.max(8, entries.length * 2));
    }
    entries[index(tail)] = entry;
    return tail++;
  }

  long at(long sequence) {
    Invariant.check(sequence >= head && sequence < tail, "an entry is looked up while it is kept");
    return entries[index(sequence)];
  }

  void set(long sequence, long entry) {
    Invariant.check(sequence >= head && sequence < tail, "an entry changes while it is kept");
    entries[index(sequence)] = entry;
  }

  void removeFirst() {
    head++;
    if (entries.length > 64 && tail - head < entries.length / 8) {
      resize(entries.length / 4);
    }
  }

  /// Forgets the entries from `sequence` on.
  void cut(long sequence) {
    tail = Math.max(head, sequence);
    if (tail == head) {
      entries = NONE;
    } else if (entries.length > 64 && tail - head < entries.length / 8) {
      resize(entries.length / 4);
    }
  }

  private int index(long sequence) {
    return (int) sequence & (entries.length - 1);
  }

  private void resize(int capacity) {
    long[] old = entries;
    long[] wider = Arrays.copyOf(NONE, capacity);
    for (long sequence = head; sequence < tail; sequence++) {
      wider[(int) sequence & (capacity - 1)] = old[(int) sequence & (old.length - 1)];
    }
    entries = wider;
  }
}
