package io.holdfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Reads records that have left memory: in pieces of a fixed grid, each with what its last record
/// may have beyond, so that consumers who are at about the same place share them. The next piece is
/// read ahead. A record that is too large for that is read alone. Pieces are kept up to a bound,
/// the oldest read forgotten first, and their memory is used again.
///
/// Each record's checksum is looked at whenever it is shown, so that damage is never passed on.
final class ReadBack {
  private static final int GRID_BYTES = 64 << 10;
  private static final int OVERLAP_BYTES = Sector.BYTES;
  private static final int PIECE_BYTES = GRID_BYTES + OVERLAP_BYTES;
  private static final int READS_MAX = 16;
  private static final int DAMAGED_MAX = 1_000;

  private final long bytesMax;
  private final Consumer<LogTask> tasks;
  private final Runnable readable;
  private final LogListener listener;
  private final Consumer<IOException> failed;
  private final RecordFrame frame = new RecordFrame();

  /// By the position that they start at: a line of the grid, or a large record.
  private final Map<Long, Piece> pieces = new HashMap<>();

  private final ArrayDeque<Piece> oldestFirst = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
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

  /// A piece of a segment as it was read, up to the buffer's limit. Told apart by identity.
  ///
  /// It lacks something where `asked`, the bytes that were wanted of the file, are more.
  private static final class Piece {
    final Segment segment;
    final long position;
    final int asked;
    final ByteBuffer buffer;
    boolean isFollowed;

    /// Whether it starts with a record and has all of it, as one read alone does.
    boolean isWholeRecord() {
      return buffer.limit() >= RecordFrame.HEADER_BYTES
          && RecordFrame.length(buffer, 0) >= 0
          && RecordFrame.length(buffer, 0) <= buffer.limit() - RecordFrame.HEADER_BYTES;
    }

    Piece(Segment segment, long position, int asked, ByteBuffer buffer) {
      this.segment = segment;
      this.position = position;
      this.asked = asked;
      this.buffer = buffer;
    }
  }

  /// Shows the record at `position` if it was read already, else begins to read it.
  ///
  /// @param until nothing of the segment at or beyond this position may be read yet
  boolean read(Segment segment, long position, long until, RecordView view) {
    Piece own = pieces.get(position);
    if (own != null && own.segment == segment && own.isWholeRecord()) {
      return show(segment, position, own.buffer, 0, view);
    }
    long line = position - (position - segment.first()) % GRID_BYTES;
    Piece piece = pieces.get(line);
    if (piece == null || piece.segment != segment) {
      return request(segment, line, until, PIECE_BYTES);
    }
    if (position - line > GRID_BYTES / 2 && !piece.isFollowed && line + GRID_BYTES < until) {
      piece.isFollowed = true;
      request(segment, line + GRID_BYTES, until, PIECE_BYTES);
    }
    int at = (int) (position - line);
    if (at + RecordFrame.HEADER_BYTES > piece.buffer.limit()) {
      return goOn(piece, position, until);
    }
    long needed = (long) RecordFrame.HEADER_BYTES + RecordFrame.length(piece.buffer, at);
    if (needed < RecordFrame.HEADER_BYTES
        || needed > Math.min(until - position, Integer.MAX_VALUE)) {
      return damaged(segment, position, "its length is broken");
    }
    if (needed <= piece.buffer.limit() - at) {
      return show(segment, position, piece.buffer, at, view);
    }
    return needed <= OVERLAP_BYTES
        ? goOn(piece, position, until)
        : readLarge(segment, position, until, needed, view);
  }

  /// The piece ends too early: the log has grown since it was read, or the file lacks something.
  private boolean goOn(Piece piece, long position, long until) {
    return piece.buffer.limit() < piece.asked
        ? damaged(piece.segment, position, "the file ends before it does")
        : request(piece.segment, piece.position, until, PIECE_BYTES);
  }

  private boolean readLarge(
      Segment segment, long position, long until, long needed, RecordView view) {
    Piece piece = pieces.get(position);
    if (piece == null || piece.segment != segment || piece.asked < needed) {
      return request(segment, position, until, needed);
    }
    return piece.buffer.limit() < needed
        ? damaged(segment, position, "it is not whole, or its checksum does not match")
        : show(segment, position, piece.buffer, 0, view);
  }

  private boolean show(Segment segment, long position, ByteBuffer buffer, int at, RecordView view) {
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
    int asked = (int) Math.min(length, until - position);
    boolean full = !underWay.isEmpty() && bytesUnderWay + asked > bytesMax;
    if (full || underWay.size() >= READS_MAX || !underWay.add(position)) {
      return false;
    }
    bytesUnderWay += asked;
    Reading reading = new Reading(segment, position, asked);
    tasks.accept(
        new Task(
            reading::run,
            () -> {
              underWay.remove(position);
              bytesUnderWay -= asked;
              keep(reading.finished(position));
              readable.run();
            },
            failed));
    return false;
  }

  /// A task that reads `asked` bytes. For a record read alone it takes memory once it has seen that
  /// the record is true: a damaged length may be any number.
  private final class Reading {
    private final Segment segment;
    private final long offset;
    private final int asked;
    private final ByteBuffer window;
    private ByteBuffer buffer;

    Reading(Segment segment, long position, int asked) {
      this.segment = segment;
      this.offset = position - segment.first();
      this.asked = asked;
      ByteBuffer used = spare.pollFirst();
      this.window = used == null ? ByteBuffer.allocateDirect(PIECE_BYTES) : used;
      this.buffer = window;
    }

    void run() throws IOException {
      if (asked > PIECE_BYTES) {
        boolean isTrue =
            new RecordFrame()
                .isValid(segment.file(), offset, window, segment.run(), segment.number());
        buffer = ByteBuffer.allocate(isTrue ? asked : 0);
      }
      segment.file().read(offset, buffer.clear().limit(Math.min(asked, buffer.capacity())));
      buffer.flip();
    }

    Piece finished(long position) {
      if (asked > PIECE_BYTES) {
        giveBack(window);
      }
      return new Piece(segment, position, asked, buffer);
    }
  }

  private void keep(Piece piece) {
    Piece before = pieces.put(piece.position, piece);
    if (before != null) {
      oldestFirst.remove(before);
      let(before);
    }
    oldestFirst.addLast(piece);
    bytes += piece.buffer.capacity();
    while (bytes > bytesMax && oldestFirst.size() > 1) {
      drop(oldestFirst.removeFirst());
    }
  }

  private void drop(Piece piece) {
    pieces.remove(piece.position, piece);
    let(piece);
  }

  /// What a view shows of it is past: views are valid until the next call of the log.
  private void let(Piece piece) {
    bytes -= piece.buffer.capacity();
    if (piece.buffer.isDirect()) {
      giveBack(piece.buffer);
    }
  }

  private void giveBack(ByteBuffer buffer) {
    if (spare.size() < READS_MAX) {
      spare.addFirst(buffer);
    }
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
