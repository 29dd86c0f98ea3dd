package io.holdfast.log;

/// Told by recovery what the disk holds, in the order in which it is to be applied.
public interface RecoveryHandler {
  /// A segment begins at `position`: first all those that are kept, later each that is new, before
  /// a record that lies in it. Not everybody has to know.
  default void segment(long position) {}

  /// A part of the newest whole snapshot, written when the log's end was `position`.
  void snapshotPart(long position, RecordView part);

  /// A record from there on. `position` is where it lies from now on; `oldPosition` is where later
  /// records say it is. They differ where the record had to be written anew.
  void record(long oldPosition, long position, int key, RecordView record);

  /// So many bytes of the log, of all that recovery reads, have been told. Told after each batch.
  /// Not everybody has to know.
  default void progress(long bytes, long ofBytes) {}
}
