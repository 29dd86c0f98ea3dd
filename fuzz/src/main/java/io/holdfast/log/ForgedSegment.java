package io.holdfast.log;

import io.holdfast.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Makes a segment's checksums fit what was written into it, so that what is wrong with it is no
/// longer that it is damaged. For fuzzing: nothing checks what a checksum has vouched for but the
/// code behind it.
public final class ForgedSegment {
  private final DiskFile file;
  private final ByteBuffer content;
  private final RecordFrame frame = new RecordFrame();

  public ForgedSegment(DiskFile file) throws IOException {
    this.file = file;
    this.content = ByteBuffer.allocate(Math.toIntExact(file.size()));
    file.read(0, content);
    content.flip();
  }

  /// Seals whatever lies at the sectors' borders and begins as a batch does.
  public void seal() throws IOException {
    int at = 0;
    while (at + BatchHeader.BYTES <= content.limit()) {
      int bytes = content.getInt(at + 32);
      BatchHeader header =
          new BatchHeader(
              content.getInt(at + 4),
              content.getInt(at + 8),
              content.getInt(at + 12),
              content.getLong(at + 16),
              content.getLong(at + 24),
              bytes,
              content.getInt(at + 36),
              content.getLong(at + 40),
              content.getLong(at + 48));
      boolean isBatch = content.getInt(at) == BatchHeader.MAGIC;
      int until = at + BatchHeader.BYTES;
      if (isBatch) {
        header.writeTo(content, at);
        until = sealRecords(header, until);
      }
      at = Sector.up(until);
    }
    file.write(0, content.duplicate());
  }

  /// Gives where they end.
  private int sealRecords(BatchHeader header, int from) {
    int at = from;
    for (int i = 0; i < header.count(); i++) {
      int rest = content.limit() - at - RecordFrame.HEADER_BYTES;
      if (rest < 0) {
        break;
      }
      int length = RecordFrame.length(content, at);
      if (length < 0 || length > rest) {
        break;
      }
      frame.seal(content, at, header.run(), header.segment());
      at += RecordFrame.HEADER_BYTES + length;
    }
    return at;
  }
}
