package io.holdfast.log;

import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Reads a segment's batches as they follow each other, as far as they are whole and true.
final class SegmentReader {
  private final FileWindow window;
  private final RecordFrame frame = new RecordFrame();
  private final long size;
  private final int segment;
  private final long first;
  private final int run;
  private long position;

  /// @param first the segment's first batch, which told its run and its place
  SegmentReader(DiskFile file, BatchHeader first) throws IOException {
    this.window = new FileWindow(file);
    this.size = file.size();
    this.segment = first.segment();
    this.first = first.position();
    this.run = first.run();
    this.position = first.position();
  }

  /// The first batch of `file`, if it is the segment that its name says.
  static Optional<BatchHeader> firstOf(DiskFile file, int number) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BatchHeader.BYTES);
    file.read(0, buffer);
    return BatchHeader.read(buffer.flip(), 0).filter(header -> header.segment() == number);
  }

  /// Tells `records` what has a key in a sealed segment; gives where it came to, which is before
  /// the segment's end where something cannot be read. Where its end is not known for certain, for
  /// what came behind it is gone, batches that cannot be reached tell of it.
  static long keyed(Segment segment, KeyedRecords records) throws IOException {
    Optional<BatchHeader> first = firstOf(segment.file(), segment.number());
    if (first.isEmpty()
        || first.get().run() != segment.run()
        || first.get().position() != segment.first()) {
      return segment.first();
    }
    SegmentReader reader = new SegmentReader(segment.file(), first.get());
    while (reader.position() < segment.end()) {
      Optional<Batch> batch = reader.next();
      if (batch.isEmpty()) {
        break;
      }
      batch
          .get()
          .records((position, buffer, offset) -> {
            int key = RecordFrame.key(buffer, offset);
            if (key != 0 && position < segment.end()) {
              int at = (int) (position - segment.first());
              records.add(key, at, RecordFrame.tag(buffer, offset));
            }
          });
    }
    if (segment.reachesItsEnd() || !reader.scanBehind().equals(Behind.NOTHING)) {
      return reader.position();
    }
    return segment.end();
  }

  /// A whole batch in memory, until the next one is asked for.
  record Batch(BatchHeader header, ByteBuffer buffer, int offset) {

    /// Told of each record.
    interface Reader {
      void record(long position, ByteBuffer buffer, int offset) throws IOException;
    }

    void records(Reader reader) throws IOException {
      int at = offset + BatchHeader.BYTES;
      for (int i = 0; i < header.count(); i++) {
        reader.record(header.position() + at - offset, buffer, at);
        at += RecordFrame.HEADER_BYTES + RecordFrame.length(buffer, at);
      }
    }
  }

  /// The next batch, empty where there is no whole one.
  Optional<Batch> next() throws IOException {
    int at = window.load(position - first, BatchHeader.BYTES);
    Optional<BatchHeader> header = headerAt(at, position);
    if (header.isEmpty()
        || header.get().bytes() < 0
        || header.get().bytes() > size - (position - first) - BatchHeader.BYTES) {
      return Optional.empty();
    }
    int batchBytes = BatchHeader.BYTES + header.get().bytes();
    at = window.load(position - first, batchBytes);
    if (!areTrue(header.get(), at)) {
      return Optional.empty();
    }
    position = header.get().end();
    return Optional.of(new Batch(header.get(), window.buffer(), at));
  }

  private Optional<BatchHeader> headerAt(int at, long expected) {
    return BatchHeader.read(window.buffer(), at)
        .filter(header ->
            header.segment() == segment && header.run() == run && header.position() == expected);
  }

  private boolean areTrue(BatchHeader header, int at) {
    int record = at + BatchHeader.BYTES;
    int limit = record + header.bytes();
    if (limit > window.buffer().limit()) {
      return false;
    }
    for (int i = 0; i < header.count(); i++) {
      if (!frame.isValid(window.buffer(), record, limit, run, segment)) {
        return false;
      }
      record += RecordFrame.HEADER_BYTES + RecordFrame.length(window.buffer(), record);
    }
    return record == limit;
  }

  /// Where the batches that follow each other end, as far as they were read.
  long position() {
    return position;
  }

  /// What lies behind the end of the batches that follow each other: true headers, which tell that
  /// something before them is missing.
  ///
  /// @param durable the highest durable position that one of them tells, -1 where there is none
  /// @param isOpened whether one of them says that its run had taken over
  record Behind(long durable, boolean isOpened) {
    static final Behind NOTHING = new Behind(-1, false);
  }

  Behind scanBehind() throws IOException {
    Behind found = Behind.NOTHING;
    for (long offset = position - first; offset < size; offset += Sector.BYTES) {
      int at = window.load(offset, BatchHeader.BYTES);
      Optional<BatchHeader> header = headerAt(at, first + offset);
      if (header.isPresent()) {
        found =
            new Behind(
                Math.max(found.durable, header.get().durable()),
                found.isOpened || header.get().isOpened());
      }
    }
    return found;
  }
}
