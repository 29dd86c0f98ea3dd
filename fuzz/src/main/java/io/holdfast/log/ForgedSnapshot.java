package io.holdfast.log;

import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Makes a snapshot's checksums fit what was written into it, as `ForgedSegment` does for a
/// segment.
public final class ForgedSnapshot {
  private final DiskFile file;
  private final ByteBuffer content;

  public ForgedSnapshot(DiskFile file) throws IOException {
    this.file = file;
    this.content = ByteBuffer.allocate(Math.toIntExact(file.size()));
    file.read(0, content);
    content.flip();
  }

  public void seal() throws IOException {
    if (content.limit() < SnapshotFile.HEADER_BYTES) {
      return;
    }
    SnapshotFile.writeHeader(content.duplicate(), content.getInt(4), content.getLong(8));
    int at = SnapshotFile.HEADER_BYTES;
    while (at + SnapshotFile.PART_HEADER_BYTES <= content.limit()) {
      int length = content.getInt(at);
      long position = content.getLong(at + 8);
      ByteBuffer target = content.duplicate().position(at);
      if (length == -1) {
        SnapshotFile.writeEnd(target, at, position);
        break;
      }
      int body = at + SnapshotFile.PART_HEADER_BYTES;
      if (length < 0 || length > content.limit() - body) {
        break;
      }
      SnapshotFile.writePart(target, at, position, new Body(content.slice(body, length)));
      at = body + length;
    }
    file.write(0, content.duplicate());
  }

  /// Written where it lies already.
  private record Body(ByteBuffer bytes) implements RecordBody {
    @Override
    public int length() {
      return bytes.capacity();
    }

    @Override
    public void writeTo(ByteBuffer target) {
      target.put(bytes.duplicate());
    }
  }
}
