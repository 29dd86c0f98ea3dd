package io.holdfast.log;

/// Sizes of the log, in bytes.
///
/// @param firstSegmentBytes of a fresh log's first segment: small, so that a first start is quick
/// @param segmentBytes of every other segment
/// @param reserveBytes of each segment of the reserve: large enough for any record that must not be
///   refused
/// @param chunkBytes of the blocks of memory that batches are written in, at least a record's size
/// @param tailBytes how much of the newest part of the log stays in memory
/// @param cacheBytes how much of what was read back stays in memory
/// @param snapshotDueBytes the least log between two snapshots
/// @param snapshotDueMillis the least time between the beginnings of two
/// @param space how much of the disk it may take
public record LogOptions(
    int firstSegmentBytes,
    int segmentBytes,
    int reserveBytes,
    int chunkBytes,
    long tailBytes,
    long cacheBytes,
    long snapshotDueBytes,
    long snapshotDueMillis,
    SpaceLimit space) {
  private static final int SEGMENT_BYTES = 64 << 20;
  private static final int SEGMENTS = 16;

  /// For a heap of `heapBytes`.
  public static LogOptions forHeap(long heapBytes) {
    int chunk = Math.clamp(heapBytes / 64, 256 << 10, 1 << 20);
    return new LogOptions(
        4 << 20,
        SEGMENT_BYTES,
        2 << 20,
        chunk,
        Math.clamp(heapBytes / 8, 2L << 20, 64L << 20),
        Math.clamp(heapBytes / 16, 1L << 20, 64L << 20),
        64L << 20,
        2000,
        SpaceLimit.NONE);
  }

  /// The same within `limit`: where that is small, so are segments, for what a segment holds is
  /// given back as a whole.
  public LogOptions within(SpaceLimit limit) {
    int segment = (int) Math.min(segmentBytes, limit.bytesMax() / SEGMENTS);
    return new LogOptions(
        Math.min(firstSegmentBytes, segment),
        segment,
        Math.min(reserveBytes, segment / 2),
        chunkBytes,
        tailBytes,
        cacheBytes,
        Math.min(snapshotDueBytes, limit.bytesMax() / 4),
        snapshotDueMillis,
        limit);
  }
}
