package io.holdfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Reads records that have left memory: in pieces from the asked position on, kept up to a bound,
/// the oldest read forgotten first.
///
/// Each record's checksum is looked at whenever it is shown, so that damage is never passed on.
final class ReadBack {
  private static final int PIECE_BYTES = 64 << 10;
  private static final int READS_MAX = 16;
  private static final int DAMAGED_MAX = 1_000;

  private final long bytesMax;
  private final Consumer<LogTask> tasks;
  private final Runnable readable;
  private final LogListener listener;
  private final Consumer<IOException> failed;
  private final RecordFrame frame = new RecordFrame();
  private final TreeMap<Long, Piece> pieces = new TreeMap<>();
  private final ArrayDeque<Piece> oldestFirst = new ArrayDeque<>();
  private final Set<Long> underWay = new HashSet<>();
  private final Set<Long> damaged = new HashSet<>();
  private long bytes;
  private long bytesUnderWay;

  ReadBack(
      long bytesMax,
      Consumer<LogTask> tasks,
      Runnable readable,
      LogListener listener,
      Consumer<IOException> failed) {
    this.bytesMax = Math.max(bytesMax, (long) READS_MAX * PIECE_BYTES);
    this.tasks = tasks;
    this.readable = readable;
    this.listener = listener;
    this.failed = failed;
  }

  /// A piece of a segment as it was read. Told apart by identity.
  private static final class Piece {
    final long position;
    final Segment segment;
    final ByteBuffer buffer;

    Piece(long position, Segment segment, ByteBuffer buffer) {
      this.position = position;
      this.segment = segment;
      this.buffer = buffer;
    }
  }

  /// Shows the record at `position` if it was read already, else begins to read it.
  ///
  /// @param until nothing of the segment at or beyond this position may be read yet
  boolean read(Segment segment, long position, long until, RecordView view) {
    Map.Entry<Long, Piece> entry = pieces.floorEntry(position);
    Piece piece = entry == null ? null : entry.getValue();
    if (piece == null || piece.segment != segment) {
      return request(segment, position, until, PIECE_BYTES);
    }
    ByteBuffer buffer = piece.buffer;
    long offset = position - piece.position;
    if (offset + RecordFrame.HEADER_BYTES > buffer.limit()) {
      return offset == 0
          ? damaged(segment, position, "the file ends before it")
          : request(segment, position, until, PIECE_BYTES);
    }
    int at = (int) offset;
    long needed = (long) RecordFrame.HEADER_BYTES + RecordFrame.length(buffer, at);
    if (needed < RecordFrame.HEADER_BYTES || needed > until - position) {
      return damaged(segment, position, "its length is broken");
    }
    if (needed > buffer.limit() - at) {
      return (offset == 0 && needed <= buffer.capacity())
          ? damaged(segment, position, "the file ends within it")
          : request(segment, position, until, Math.max(PIECE_BYTES, needed));
    }
    if (!frame.isValid(buffer, at, buffer.limit(), segment.run(), segment.number())) {
      return damaged(segment, position, "its checksum does not match");
    }
    view.show(buffer, at + RecordFrame.HEADER_BYTES, RecordFrame.length(buffer, at));
    return true;
  }

  /// Said once for each position, as long as there are few.
  private boolean damaged(Segment segment, long position, String why) {
    if (damaged.size() < DAMAGED_MAX && damaged.add(position)) {
      listener.damaged(position, segment.name(), why);
    }
    return false;
  }

  /// Where as many reads as may be are under way, by their number or their size, the end of one
  /// brings the asker back. A record that is larger than all that may be is read alone.
  private boolean request(Segment segment, long position, long until, long length) {
    int capacity = (int) Math.min(length, until - position);
    boolean full = !underWay.isEmpty() && bytesUnderWay + capacity > bytesMax;
    if (full || underWay.size() >= READS_MAX || !underWay.add(position)) {
      return false;
    }
    bytesUnderWay += capacity;
    ByteBuffer buffer = ByteBuffer.allocate(capacity);
    tasks.accept(
        new Task(
            () -> {
              segment.file().read(position - segment.first(), buffer);
              buffer.flip();
            },
            () -> {
              underWay.remove(position);
              bytesUnderWay -= capacity;
              keep(new Piece(position, segment, buffer));
              readable.run();
            },
            failed));
    return false;
  }

  private void keep(Piece piece) {
    Piece before = pieces.put(piece.position, piece);
    if (before != null) {
      bytes -= before.buffer.capacity();
      oldestFirst.remove(before);
    }
    oldestFirst.addLast(piece);
    bytes += piece.buffer.capacity();
    while (bytes > bytesMax && oldestFirst.size() > 1) {
      drop(oldestFirst.removeFirst());
    }
  }

  private void drop(Piece piece) {
    pieces.remove(piece.position, piece);
    bytes -= piece.buffer.capacity();
  }

  /// The segment's file is about to go.
  void forget(Segment segment) {
    oldestFirst.removeIf(piece -> {
      if (piece.segment == segment) {
        drop(piece);
        return true;
      }
      return false;
    });
  }
}
