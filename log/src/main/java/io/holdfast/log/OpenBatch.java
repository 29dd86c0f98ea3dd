package io.holdfast.log;

import java.nio.ByteBuffer;

/// The batch that gathers records now, in the free end of a chunk.
final class OpenBatch {
  private static final byte[] PADDING = new byte[Sector.BYTES];

  private final Chunk chunk;
  private final int start;
  private int end;
  private int count;

  OpenBatch(Chunk chunk) {
    this.chunk = chunk;
    this.start = chunk.used();
    this.end = start + BatchHeader.BYTES;
  }

  /// Whether a record of `frameBytes` has room, in memory and in the segment.
  boolean hasRoomFor(int frameBytes) {
    long inSegment = chunk.position() + end + frameBytes - chunk.segment().first();
    return frameBytes <= chunk.buffer().capacity() - end && inSegment <= chunk.segment().capacity();
  }

  long add(int key, RecordBody body, int length) {
    ByteBuffer buffer = chunk.buffer();
    int at = end;
    buffer.putInt(at, length);
    buffer.putInt(at + 4, key);
    buffer.clear().position(at + RecordFrame.HEADER_BYTES);
    body.writeTo(buffer);
    end = at + RecordFrame.HEADER_BYTES + length;
    Invariant.check(buffer.position() == end, "a record is as long as it says");
    count++;
    return chunk.position() + at;
  }

  /// The tag of a record in it.
  short tagAt(long position) {
    return RecordFrame.tag(chunk.buffer(), (int) (position - chunk.position()));
  }

  boolean isEmpty() {
    return count == 0;
  }

  long end() {
    return chunk.position() + end;
  }

  Segment segment() {
    return chunk.segment();
  }

  /// Ends the batch on a sector border; its records' checksums are left to the task that writes it.
  SealedBatch seal(int flags, int run, long cutAt, long millis, long durable) {
    int until = Sector.up(end);
    chunk.buffer().put(end, PADDING, 0, until - end);
    new BatchHeader(
            flags,
            run,
            chunk.segment().number(),
            chunk.position() + start,
            cutAt,
            end - start - BatchHeader.BYTES,
            count,
            millis,
            durable)
        .writeTo(chunk.buffer(), start);
    chunk.use(until);
    return new SealedBatch(chunk, start, end, until, durable);
  }
}
