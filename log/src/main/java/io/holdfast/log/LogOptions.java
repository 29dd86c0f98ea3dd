package io.holdfast.log;

/// Sizes of the log, in bytes.
///
/// @param firstSegmentBytes of a fresh log's first segment: small, so that a first start is quick
/// @param segmentBytes of every other segment
/// @param chunkBytes of the blocks of memory that batches are written in, at least a record's size
/// @param tailBytes how much of the newest part of the log stays in memory
/// @param cacheBytes how much of what was read back stays in memory
/// @param snapshotDueBytes the least log between two snapshots
/// @param snapshotDueMillis the least time between the beginnings of two
public record LogOptions(
    int firstSegmentBytes,
    int segmentBytes,
    int chunkBytes,
    long tailBytes,
    long cacheBytes,
    long snapshotDueBytes,
    long snapshotDueMillis) {

  /// For a heap of `heapBytes`.
  public static LogOptions forHeap(long heapBytes) {
    int chunk = Math.clamp(heapBytes / 64, 256 << 10, 1 << 20);
    return new LogOptions(
        4 << 20,
        64 << 20,
        chunk,
        Math.clamp(heapBytes / 8, 2L << 20, 64L << 20),
        Math.clamp(heapBytes / 16, 1L << 20, 64L << 20),
        64L << 20,
        2000);
  }
}
