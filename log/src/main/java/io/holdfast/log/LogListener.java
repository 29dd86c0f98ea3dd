package io.holdfast.log;

import java.io.IOException;

/// Told by the log what came of its tasks, on the log's thread.
public interface LogListener {
  /// All records before `position` are on stable storage.
  void durable(long position);

  /// Something that `Log.read` did not find in memory is there now.
  void readable();

  /// What `Log.grant` did not grant may be granted now.
  void room();

  /// A write or sync failed. Nothing more becomes durable: the log is of no use from here on.
  void failed(IOException why);

  /// What lies at `position` in `file` cannot be read back as it was written.
  void damaged(long position, String file, String why);
}
