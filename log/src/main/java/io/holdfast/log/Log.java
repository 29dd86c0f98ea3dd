package io.holdfast.log;

import java.util.function.Consumer;

/// What the core sees of the log. One thread calls it.
///
/// A position is a byte address in the log: ever growing, never used twice, never negative. It is a
/// bare `long`, since every message in every queue holds one.
public interface Log {
  /// Appends one record and gives its position. It is readable at once and durable later.
  ///
  /// @param key what the record is found by: a number above 0, or 0 for none. The index tells the
  ///   second byte of a record that has one
  long append(int key, RecordBody body);

  /// What the log says to a record of `bytes` that can be refused. What must not be refused is
  /// appended without asking: there is a reserve for it.
  Grant grant(int bytes);

  Space space();

  /// The position that the next record will have at the earliest: all records so far lie before it.
  long end();

  /// All records before this position are on stable storage.
  long durable();

  /// Records before this position stay where they are: no restart moves them. Recovery trusts to be
  /// durable what a batch tells that it finds, and writes what lies behind anew. So a record is
  /// settled not when it is durable but when a batch is that was sealed after that. Moves only when
  /// `durable` does.
  long settled();

  /// Shows the record at `position` through `view`, valid until the next call of the log. False
  /// where it is not in memory: then reading is under way, and the driver tells the core when it is
  /// worth asking again.
  boolean read(long position, RecordView view);

  /// Looks for the records at or beyond `from` that have one of `keys`, ascending. What was found,
  /// of some of the log and at most `max`, is told to `then` later; where something needed for that
  /// is damaged, the driver is told, and `then` is not.
  void find(int[] keys, long from, int max, Consumer<Found> then);

  /// The number of the segment that holds `position`. Segment numbers grow with positions and are
  /// not used again within a run of the process.
  int segmentOf(long position);

  /// The first position of the next segment kept after number `segment`, or `end()` where there is
  /// none.
  long segmentEnd(int segment);

  /// The number of the oldest segment kept.
  int oldestSegment();

  /// Whether segment `segment` is kept: numbers between the oldest and the newest may be gone.
  boolean holdsSegment(int segment);

  /// Nothing in segment `segment` is wanted any more, nor will be. It is deleted once it is sealed.
  void discard(int segment);
}
