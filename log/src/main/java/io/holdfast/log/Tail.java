package io.holdfast.log;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The newest part of the log in memory, bounded but for what is not durable yet.
final class Tail {
  private final int chunkBytes;
  private final long bytesMax;
  private final List<Chunk> chunks = new ArrayList<>();
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
  private long bytes;

  Tail(int chunkBytes, long bytesMax) {
    // Batches end on a sector's border, so a chunk has to.
    this.chunkBytes = Sector.up(chunkBytes);
    this.bytesMax = bytesMax;
  }

  /// A chunk with room for a batch of `batchBytes`, a multiple of the sector, at `position`.
  Chunk chunkFor(Segment segment, long position, int batchBytes) {
    if (!chunks.isEmpty()) {
      Chunk last = chunks.getLast();
      if (last.segment() == segment && last.remaining() >= batchBytes) {
        return last;
      }
    }
    ByteBuffer buffer = batchBytes > chunkBytes ? null : spare.pollFirst();
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(Math.max(chunkBytes, batchBytes));
    }
    Chunk chunk = new Chunk(buffer, segment, position);
    chunks.add(chunk);
    bytes += buffer.capacity();
    return chunk;
  }

  /// Lets go of the oldest chunks beyond the bound, as far as they are durable.
  void trim(long durable) {
    int gone = 0;
    while (bytes > bytesMax && gone < chunks.size() - 1 && chunks.get(gone).end() <= durable) {
      ByteBuffer buffer = chunks.get(gone).buffer();
      bytes -= buffer.capacity();
      if (buffer.capacity() == chunkBytes) {
        spare.addFirst(buffer);
      }
      gone++;
    }
    if (gone > 0) {
      chunks.subList(0, gone).clear();
    }
    while (spare.size() > 2) {
      spare.removeLast();
    }
  }

  /// The chunk that holds `position`, null where it is not in memory.
  @Nullable Chunk find(long position) {
    int low = 0;
    int high = chunks.size() - 1;
    if (high >= 0 && chunks.get(high).position() <= position) {
      return chunks.get(high);
    }
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (chunks.get(middle).position() <= position) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high < 0 ? null : chunks.get(high);
  }
}
