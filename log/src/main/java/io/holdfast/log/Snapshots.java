package io.holdfast.log;

/// What the core sees of the snapshots: it writes one in parts, and is told of the newest on
/// recovery.
///
/// One thread calls it. At most one snapshot is being written at a time.
public interface Snapshots {
  /// Starts a snapshot. Every record before `replayFrom` is in its parts.
  void begin(long replayFrom);

  /// Adds a part that holds the state of something as of the log's `end()` at this call.
  void part(RecordBody body);

  /// Whether it takes more parts now; if not, the driver's next turn may find that it does.
  boolean isWritable();

  /// The last part was added. The snapshot is put in place once the durable position has passed the
  /// newest part's position and its file is synced; then `log.segments` before the older kept
  /// snapshot's `replayFrom` hold no state that recovery needs.
  void complete();

  /// Whether a snapshot is begun and not yet in place. One that there was no space for ends by
  /// itself, and its parts are for nothing.
  boolean isUnderWay();

  /// Whether so much was appended since the newest snapshot that a new one is due.
  boolean isDue();

  /// Whether the log lacks space, so that a snapshot is due too where it lets segments go.
  boolean lacksSpace();

  /// Recovery starts here with the older of the kept snapshots: segments that end before it hold no
  /// state that is needed (but may hold messages that are). 0 while fewer than two snapshots are
  /// kept.
  long stateNeededFrom();
}
