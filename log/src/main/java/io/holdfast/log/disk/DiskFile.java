package io.holdfast.log.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// One open file. One thread at a time writes; others may read what was written before.
public interface DiskFile extends Closeable {
  long size() throws IOException;

  /// Makes the file at least `bytes` long, durably, such that a sync after a write there has data
  /// to write and no metadata. What is new reads as zeros.
  ///
  /// @throws NoSpaceException where the disk is full; what was there before is as it was
  void reserve(long bytes) throws IOException;

  /// Reads from `offset` until `target` is full or the file ends; gives the number of bytes read.
  int read(long offset, ByteBuffer target) throws IOException;

  /// Writes all of `source` at `offset`.
  void write(long offset, ByteBuffer source) throws IOException;

  /// Makes what was written durable (`fdatasync`). A failure is final: the file must not be synced
  /// again.
  void sync() throws IOException;
}
