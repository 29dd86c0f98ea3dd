package io.holdfast.log;

import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Makes an index's checksums fit what was written into it, as `ForgedSegment` does.
public final class ForgedIndex {
  private static final int HEADER_BYTES = 40;

  private ForgedIndex() {}

  /// Of the run and the segment that its first block names, if it has one.
  public static void seal(DiskFile file) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
    file.read(0, content);
    content.flip();
    if (content.limit() >= HEADER_BYTES) {
      IndexFile.seal(content);
      file.write(0, content);
    }
  }
}
