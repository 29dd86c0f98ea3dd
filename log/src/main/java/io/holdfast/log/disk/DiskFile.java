package io.holdfast.log.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// One open file. One thread at a time calls it.
public interface DiskFile extends Closeable {
  long size() throws IOException;

  /// Reads from `offset` until `target` is full or the file ends; gives the number of bytes read.
  int read(long offset, ByteBuffer target) throws IOException;

  /// Writes all of `source` at `offset`.
  void write(long offset, ByteBuffer source) throws IOException;

  /// Makes what was written durable (`fdatasync`). A failure is final: the file must not be synced
  /// again.
  void sync() throws IOException;
}
