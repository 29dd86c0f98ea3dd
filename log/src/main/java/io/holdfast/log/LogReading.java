package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Reads back what a disk holds of a log, and changes nothing: for a start, and for who only wants
/// to know what a start would bring back.
///
/// The log's files must not be written to meanwhile.
public final class LogReading implements AutoCloseable {
  private final Disk disk;
  private final LogContents contents;
  private final RecordView view = new RecordView();
  private long lastMillis;

  private LogReading(Disk disk, LogContents contents) {
    this.disk = disk;
    this.contents = contents;
    this.lastMillis = contents.lastMillis();
  }

  /// Looks at all that is there. Blocks, as all other calls.
  ///
  /// @throws DamagedLogException where something that was durable cannot be read
  public static LogReading of(Disk disk) throws IOException {
    return new LogReading(disk, LogContents.find(disk));
  }

  /// From where state can be read back.
  ///
  /// @param snapshot the name of the snapshot's file; absent for the log's beginning
  /// @param position records count from here on
  /// @param number of the snapshot, 0 where there is none
  public record Beginning(Optional<String> snapshot, long position, int number) {
    private static final Beginning OF_THE_LOG = new Beginning(Optional.empty(), 0, 0);

    private static Beginning of(SnapshotFile snapshot) {
      return new Beginning(
          Optional.of(SnapshotFile.name(snapshot.number())),
          snapshot.replayFrom(),
          snapshot.number());
    }
  }

  LogContents contents() {
    return contents;
  }

  /// Whether nothing was ever written.
  public boolean isEmpty() {
    return contents.segments().isEmpty() && contents.snapshots().isEmpty();
  }

  /// The one that a start takes.
  public Beginning newest() {
    return contents.snapshots().isEmpty()
        ? Beginning.OF_THE_LOG
        : Beginning.of(contents.snapshots().getLast());
  }

  /// The one that lies furthest back and from which the log is whole: a power cut may have brought
  /// back what a later one stands for. It may be the newest too.
  public Beginning oldest() throws IOException {
    Beginning older =
        contents.snapshots().size() < SnapshotStore.KEPT
            ? Beginning.OF_THE_LOG
            : Beginning.of(contents.snapshots().getFirst());
    return contents.isWholeFrom(older.position()) ? older : newest();
  }

  /// The latest time that a batch carried, as far as the log was read; 0 for none.
  long lastMillis() {
    return lastMillis;
  }

  /// Tells what there is from `beginning` on, each record with the position where it lies.
  ///
  /// @throws DamagedLogException where something of that cannot be read
  public void replay(Beginning beginning, RecoveryHandler handler) throws IOException {
    contents.checkReachesBackTo(beginning.position());
    contents.segments().forEach(found -> handler.segment(found.first().position()));
    parts(beginning, handler);
    records(
        beginning.position(),
        (position, key, record) -> handler.record(position, position, key, record),
        handler);
  }

  /// Tells the parts of the snapshot, if it begins with one.
  void parts(Beginning beginning, RecoveryHandler handler) throws IOException {
    if (beginning.snapshot().isPresent()) {
      SnapshotFile.read(
          disk,
          beginning.number(),
          (position, buffer, offset, length) -> {
            view.show(buffer, offset, length);
            handler.snapshotPart(position, view);
          });
    }
  }

  /// Told of each record.
  interface RecordReader {
    void record(long position, int key, RecordView record);
  }

  /// Tells the records from `from` on, and `told` how far that is.
  void records(long from, RecordReader reader, RecoveryHandler told) throws IOException {
    List<LogContents.Found> segments = contents.segments();
    long ofBytes = bytesFrom(from);
    long bytes = 0;
    for (int i = startOf(from); i < segments.size(); i++) {
      LogContents.Found found = segments.get(i);
      long limit = contents.limitOf(i);
      if (limit <= from) {
        // All that counts in it is in the snapshot, and what came behind it may be gone.
        continue;
      }
      SegmentReader batches = new SegmentReader(found.file(), found.first());
      long start = Math.max(from, batches.position());
      while (batches.position() < limit) {
        Optional<SegmentReader.Batch> batch = batches.next();
        if (batch.isEmpty()) {
          break;
        }
        lastMillis = Math.max(lastMillis, batch.get().header().millis());
        batch
            .get()
            .records((position, buffer, offset) -> {
              if (position >= from && position < limit) {
                int body = offset + RecordFrame.HEADER_BYTES;
                view.show(buffer, body, RecordFrame.length(buffer, offset));
                reader.record(position, RecordFrame.key(buffer, offset), view);
              }
            });
        told.progress(bytes + Math.max(0, batches.position() - start), ofBytes);
      }
      bytes += Math.max(0, batches.position() - start);
      if (batches.position() < limit && i + 1 < segments.size()) {
        throw new DamagedLogException(
            contents.damage(
                Segment.fileName(found.number()),
                "the batch at position %d, or the file after it, is missing"
                    .formatted(batches.position())));
      }
    }
  }

  /// How much of the log lies from `from` on.
  private long bytesFrom(long from) {
    long bytes = 0;
    List<LogContents.Found> segments = contents.segments();
    for (int i = 0; i < segments.size(); i++) {
      long end = Math.min(contents.limitOf(i), contents.highestPosition());
      bytes += Math.max(0, end - Math.max(from, segments.get(i).first().position()));
    }
    return bytes;
  }

  private int startOf(long from) {
    List<LogContents.Found> segments = contents.segments();
    int start = 0;
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).first().position() <= from) {
        start = i;
      }
    }
    return start;
  }

  /// Closes the log's files.
  @Override
  public void close() throws IOException {
    contents.close();
  }
}
