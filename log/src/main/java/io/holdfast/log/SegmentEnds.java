package io.holdfast.log;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which segments are kept and where they end, the newest so far, as a part of a snapshot that is
/// the log's own: once the segment behind is gone, nothing else tells whether the last batches of
/// one can be read, or that there are any. Big-endian: the number of each (4) and its end (8).
record SegmentEnds(Map<Integer, Long> byNumber) implements RecordBody {
  static final SegmentEnds NONE = new SegmentEnds(Map.of());

  private static final int ENTRY_BYTES = Integer.BYTES + Long.BYTES;

  /// Of all of `segments` that have something, of which nothing lies at or behind `end`.
  static SegmentEnds of(Collection<Segment> segments, long end) {
    Map<Integer, Long> ends = new LinkedHashMap<>();
    for (Segment segment : segments) {
      if (segment.first() < end && segment.reachesItsEnd()) {
        ends.put(segment.number(), Math.min(segment.end(), end));
      }
    }
    return new SegmentEnds(ends);
  }

  static SegmentEnds read(ByteBuffer buffer, int offset, int length) {
    Map<Integer, Long> ends = new LinkedHashMap<>();
    for (int at = offset; at + ENTRY_BYTES <= offset + length; at += ENTRY_BYTES) {
      ends.put(buffer.getInt(at), buffer.getLong(at + Integer.BYTES));
    }
    return new SegmentEnds(ends);
  }

  @Override
  public int length() {
    return Math.multiplyExact(byNumber.size(), ENTRY_BYTES);
  }

  @Override
  public void writeTo(ByteBuffer target) {
    byNumber.forEach((number, end) -> target.putInt(number).putLong(end));
  }
}
