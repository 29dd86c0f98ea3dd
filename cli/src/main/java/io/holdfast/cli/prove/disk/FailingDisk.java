package io.holdfast.cli.prove.disk;

import java.io.IOException;

/// A disk that goes on strike while it is written to, and is mended later.
public sealed interface FailingDisk extends AutoCloseable permits FullDisk, ReadOnlyDisk {

  /// From now on it takes nothing, or nothing more. Whoever has files open there keeps them open.
  void fail() throws IOException;

  /// It is as good as new, and holds what it held when it failed. Nobody may have anything open on
  /// it.
  void mend() throws IOException;

  @Override
  void close() throws IOException;
}
