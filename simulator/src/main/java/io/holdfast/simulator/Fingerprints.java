package io.holdfast.simulator;

import io.holdfast.core.Broker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What durable state was after each record, as the broker that lived then had it: the measure for
/// what a restart brings back.
///
/// A record is known by where it lay first. Records before the last durable one are forgotten.
final class Fingerprints {
  private static final int FIRST_CAPACITY = 256;
  private static final long NOTHING = -1;

  private final Origins origins = new Origins();
  private final StateHash hash = new StateHash(origins);
  private final AccountReader accounts = new AccountReader(hash, AccountReader::checkLaw);
  private final boolean keepsLines;
  private long[] records = new long[FIRST_CAPACITY];
  private long[] hashes = new long[FIRST_CAPACITY];
  private final List<List<String>> lines = new ArrayList<>();
  private int from;
  private int until;

  /// @param keepsLines whether a difference shall be shown, which makes everything slow
  Fingerprints(boolean keepsLines) {
    this.keepsLines = keepsLines;
    add(NOTHING, 0, List.of());
  }

  /// The state before there was any record.
  void begin(Broker empty) {
    until = 0;
    from = 0;
    lines.clear();
    applied(NOTHING, empty);
  }

  Origins origins() {
    return origins;
  }

  /// `broker` has just applied the record at `position`.
  void applied(long position, Broker broker) {
    add(position, hashOf(broker), linesOf(broker));
  }

  /// Looks at every queue's law by the way.
  private long hashOf(Broker broker) {
    broker.tellState(accounts);
    accounts.end();
    return hash.take();
  }

  private List<String> linesOf(Broker broker) {
    if (!keepsLines) {
      return List.of();
    }
    StateLines text = new StateLines(origins);
    broker.tellState(text);
    return text.lines();
  }

  private void add(long record, long hashed, List<String> text) {
    if (until == records.length) {
      int kept = until - from;
      int capacity = Math.max(FIRST_CAPACITY, kept * 2);
      records = Arrays.copyOf(Arrays.copyOfRange(records, from, until), capacity);
      hashes = Arrays.copyOf(Arrays.copyOfRange(hashes, from, until), capacity);
      from = 0;
      until = kept;
    }
    records[until] = record;
    hashes[until] = hashed;
    until++;
    if (keepsLines) {
      lines.add(text);
    }
  }

  /// All before `position` is safe from now on.
  void durable(long position) {
    while (from + 1 < until && records[from + 1] < position) {
      from++;
      if (keepsLines) {
        lines.removeFirst();
      }
    }
  }

  /// The index of the last record that lay before `position`.
  private int before(long position) {
    int index = Arrays.binarySearch(records, from, until, position);
    return (index < 0 ? -index - 1 : index) - 1;
  }

  /// `broker` has recovered all records up to the one at `last`, and what a snapshot holds of the
  /// time before `snapshotEnd`. Gives how many records are lost.
  int recovered(long last, long snapshotEnd, Broker broker) {
    long origin = last < 0 ? last : origins.applyAsLong(last);
    int replayed = before(origin + 1);
    int index = Math.max(replayed, before(snapshotEnd));
    if (index < from) {
      throw new Violation(
          "P1",
          "the durable record at %d is lost: recovery ended at %d"
              .formatted(records[from], Math.max(last, snapshotEnd)));
    }
    if (replayed >= from && records[replayed] != origin) {
      throw new Violation(
          "recovered state", "a record at %d was recovered that nobody appended".formatted(last));
    }
    long is = hashOf(broker);
    if (is != hashes[index]) {
      throw new Violation(
          "recovered state",
          "after the record at %d a restart brings back something else than there was%s"
              .formatted(
                  records[index],
                  keepsLines
                      ? StateLines.difference(lines.get(index - from), linesOf(broker))
                      : ""));
    }
    return until - 1 - index;
  }

  /// What was recovered is in force and safe: the `lost` records behind it will never come back.
  void inForce(int lost) {
    until -= lost;
    if (keepsLines) {
      lines.subList(until - from, lines.size()).clear();
    }
    durable(Long.MAX_VALUE);
  }
}
