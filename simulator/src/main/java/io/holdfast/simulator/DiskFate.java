package io.holdfast.simulator;

/// Decides what becomes of each call of the disk, before it has any effect.
interface DiskFate {
  /// @param name of the file; empty where the call is about the folder
  Verdict of(Call call, String name);

  enum Call {
    LIST,
    OPEN,
    CREATE,
    RENAME,
    DELETE,
    SYNC_FOLDER,
    RESERVE,
    READ,
    WRITE,
    SYNC
  }

  enum Verdict {
    GOES_WELL,
    /// The call throws an `IOException`. A write may have got somewhere, a sync saved some.
    FAILS,
    /// The process dies in the call, or the machine. A write may have got somewhere.
    STOPS
  }

  /// A disk on which nothing goes wrong.
  DiskFate KIND = (call, name) -> Verdict.GOES_WELL;
}
