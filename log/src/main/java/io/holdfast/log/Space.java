package io.holdfast.log;

/// How much of the disk the log has, in bytes, as of the last time that it looked.
///
/// @param usedBytes in files of the log that hold something, snapshots included
/// @param freeBytes how much more it may take; 0 where it may take nothing
public record Space(long usedBytes, long freeBytes) {
  /// How full it is, from 0 to 1.
  public double fullness() {
    long all = usedBytes + freeBytes;
    return all == 0 ? 1 : (double) usedBytes / all;
  }
}
