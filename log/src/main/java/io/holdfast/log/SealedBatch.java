package io.holdfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A batch that is to be written: `[start, until)` of a chunk, its records ending at `recordsEnd`.
///
/// @param durableTold the durable position that its header tells
record SealedBatch(Chunk chunk, int start, int recordsEnd, int until, long durableTold) {
  Segment segment() {
    return chunk.segment();
  }

  /// The position after it.
  long end() {
    return chunk.position() + until;
  }

  void write(RecordFrame frame) throws IOException {
    Segment segment = segment();
    ByteBuffer buffer = chunk.buffer().duplicate();
    int at = start + BatchHeader.BYTES;
    while (at < recordsEnd) {
      frame.seal(buffer, at, segment.run(), segment.number());
      at += RecordFrame.HEADER_BYTES + RecordFrame.length(buffer, at);
    }
    segment
        .file()
        .write(chunk.position() + start - segment.first(), buffer.limit(until).position(start));
  }
}
