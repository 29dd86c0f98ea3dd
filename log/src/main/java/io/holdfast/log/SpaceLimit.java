package io.holdfast.log;

/// How much of the disk the log may take for what can be refused. What must not be refused, which
/// are acknowledgements, the state of sessions that are there and snapshots, is written beyond it.
///
/// @param bytesMax the most that its files may take; `UNLIMITED` for no bound of its own
/// @param keptFreeBytes how much of the disk it leaves free for others
public record SpaceLimit(long bytesMax, long keptFreeBytes) {
  public static final long UNLIMITED = Long.MAX_VALUE;

  /// As much as there is.
  public static final SpaceLimit NONE = new SpaceLimit(UNLIMITED, 0);

  private static final long KEPT_FREE_BYTES = 1L << 30;
  private static final int KEPT_FREE_PART = 20;

  /// Whether `bytes` more may be taken where `usedBytes` are, and `usableBytes` are free on the
  /// disk.
  boolean allows(long bytes, long usedBytes, long usableBytes) {
    return usedBytes <= bytesMax - bytes && usableBytes - bytes >= keptFreeBytes;
  }

  /// What is left where `usedBytes` are taken, and `usableBytes` are free on the disk.
  Space space(long usedBytes, long usableBytes) {
    return new Space(
        usedBytes, Math.max(0, Math.min(bytesMax - usedBytes, usableBytes - keptFreeBytes)));
  }

  /// What is kept to where nothing else is said, on a disk of `totalBytes`: it leaves 1 GiB or 5 %
  /// free, whichever is less.
  public static SpaceLimit leavingFree(long totalBytes) {
    return new SpaceLimit(UNLIMITED, Math.min(KEPT_FREE_BYTES, totalBytes / KEPT_FREE_PART));
  }
}
