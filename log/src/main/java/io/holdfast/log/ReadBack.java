package io.holdfast.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.function.Consumer;

/// Reads records that have left memory, in pieces of a fixed grid, so that consumers who are at
/// about the same place share them. A piece begins small: with the sector that a record lies in,
/// and what else the record takes. Each time that more of it is wanted, as much again as is there
/// is read with it. The next piece begins as large as this one has grown, and is read ahead once
/// that is most of a piece. So a message that lies alone costs little, and a backlog is read in
/// whole pieces, each with what its last record may have beyond.
///
/// A record that is too large for that is read alone. Pieces are kept up to a bound, the one read
/// longest ago forgotten first, and their memory is used again.
///
/// Each record's checksum is looked at whenever it is shown, so that damage is never passed on.
final class ReadBack {
  private static final int GRID_BYTES = 64 << 10;
  private static final int OVERLAP_BYTES = Sector.BYTES;
  private static final int PIECE_BYTES = GRID_BYTES + OVERLAP_BYTES;
  private static final int READS_MAX = 16;
  private static final int DAMAGED_MAX = 1_000;
  private static final int NO_RECORD = -1;

  private final long bytesMax;
  private final Consumer<LogTask> tasks;
  private final Runnable readable;
  private final LogListener listener;
  private final Consumer<IOException> failed;
  private final RecordFrame frame = new RecordFrame();

  /// By the position that they start at: a line of the grid, or a large record. What was read
  /// longest ago comes first.
  private final LinkedHashMap<Long, Piece> pieces = new LinkedHashMap<>();

  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
  private final Set<Long> damaged = new HashSet<>();

  /// Of the pieces' memory.
  private long bytes;

  private int readsUnderWay;
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

  /// A piece of a segment, of which one stretch is there. Told apart by identity.
  private static final class Piece {
    final Segment segment;
    final long position;

    /// Whether it is one record, read alone.
    final boolean isAlone;

    /// A task writes to it outside of the stretch while it is under way.
    ByteBuffer buffer;

    /// The stretch, from its first byte until its end, in the buffer.
    int from;

    int until;

    /// Whether the file ends with the stretch, though more was wanted.
    boolean isShort;

    boolean isUnderWay;
    boolean isFollowed;

    Piece(Segment segment, long position, boolean isAlone, ByteBuffer buffer, int from) {
      this.segment = segment;
      this.position = position;
      this.isAlone = isAlone;
      this.buffer = buffer;
      this.from = from;
      this.until = from;
    }

    boolean holds(int at, long bytes) {
      return at >= from && at + bytes <= until;
    }

    int size() {
      return until - from;
    }

    /// Whether most of it is there, and reading goes on in its second half.
    boolean isReadThrough(int at) {
      return at > GRID_BYTES / 2 && at - from >= Sector.BYTES && size() > GRID_BYTES / 2;
    }
  }

  /// Shows the record at `position` if it was read already, else begins to read it.
  ///
  /// @param until nothing of the segment at or beyond this position may be read yet
  boolean read(Segment segment, long position, long until, RecordView view) {
    Piece own = pieces.get(position);
    if (own != null && own.segment == segment && own.isAlone) {
      return showAlone(own, view);
    }
    long line = position - (position - segment.first()) % GRID_BYTES;
    int at = (int) (position - line);
    Piece piece = pieces.get(line);
    if (piece == null || piece.segment != segment) {
      return begin(segment, line, at, until);
    }
    if (!piece.isFollowed && piece.isReadThrough(at) && line + GRID_BYTES < until) {
      piece.isFollowed = true;
      readAhead(segment, line + GRID_BYTES, until);
    }
    if (!piece.holds(at, RecordFrame.HEADER_BYTES)) {
      return goOn(piece, at, RecordFrame.HEADER_BYTES, until);
    }
    long needed = (long) RecordFrame.HEADER_BYTES + RecordFrame.length(piece.buffer, at);
    if (needed < RecordFrame.HEADER_BYTES
        || needed > Math.min(until - position, Integer.MAX_VALUE)) {
      return damaged(segment, position, "its length is broken");
    }
    if (piece.holds(at, needed)) {
      return show(piece, at, view);
    }
    return at + needed <= PIECE_BYTES
        ? goOn(piece, at, (int) needed, until)
        : readAlone(segment, position, (int) needed);
  }

  private boolean showAlone(Piece piece, RecordView view) {
    if (piece.isUnderWay) {
      return false;
    }
    return piece.isShort
        ? damaged(piece.segment, piece.position, "it is not whole, or its checksum does not match")
        : show(piece, 0, view);
  }

  private boolean show(Piece piece, int at, RecordView view) {
    Segment segment = piece.segment;
    if (!frame.isValid(piece.buffer, at, piece.until, segment.run(), segment.number())) {
      return damaged(segment, piece.position + at, "its checksum does not match");
    }
    view.show(piece.buffer, at + RecordFrame.HEADER_BYTES, RecordFrame.length(piece.buffer, at));
    return true;
  }

  /// Said once for each position, as long as there are few.
  private boolean damaged(Segment segment, long position, String why) {
    if (damaged.size() < DAMAGED_MAX && damaged.add(position)) {
      listener.damaged(position, segment.name(), why);
    }
    return false;
  }

  // What is read

  private boolean begin(Segment segment, long line, int at, long until) {
    Piece before = pieces.get(line - GRID_BYTES);
    int grown = before == null || before.segment != segment ? 0 : before.size();
    int from = at - at % Sector.BYTES;
    int end = Math.max(from + grown, Sector.up(at + RecordFrame.HEADER_BYTES));
    if (!isBusy(PIECE_BYTES)) {
      Piece piece = new Piece(segment, line, false, buffer(), from);
      keep(piece);
      start(piece, from, end, at, until);
    }
    return false;
  }

  /// As much again as is there, on the side where something is wanted.
  private boolean goOn(Piece piece, int at, int needed, long until) {
    if (piece.isUnderWay) {
      return false;
    }
    int from = piece.from;
    if (at < from) {
      from = Math.max(0, Math.min(from - piece.size(), at - at % Sector.BYTES));
    }
    int end = piece.until;
    if (at + needed > end) {
      if (piece.isShort || piece.position + end >= until) {
        return damaged(piece.segment, piece.position + at, "the file ends before it does");
      }
      end = Math.max(end + piece.size(), Sector.up(at + needed));
    }
    if (!isBusy(PIECE_BYTES)) {
      start(piece, from, end, at, until);
    }
    return false;
  }

  private void readAhead(Segment segment, long line, long until) {
    Piece piece = pieces.get(line);
    if (isBusy(PIECE_BYTES) || (piece != null && piece.isUnderWay)) {
      return;
    }
    if (piece == null || piece.segment != segment) {
      piece = new Piece(segment, line, false, buffer(), 0);
      keep(piece);
    }
    if (!piece.isAlone) {
      start(piece, 0, PIECE_BYTES, NO_RECORD, until);
    }
  }

  private boolean readAlone(Segment segment, long position, int needed) {
    if (!isBusy(needed)) {
      Piece piece = new Piece(segment, position, true, ByteBuffer.allocate(0), 0);
      keep(piece);
      start(piece, 0, needed, NO_RECORD, position + needed);
    }
    return false;
  }

  /// Whether as many reads as may be are under way, by their number or their size: the end of one
  /// brings the asker back. A record that is larger than all that may be is read alone.
  private boolean isBusy(int more) {
    return readsUnderWay >= READS_MAX || (readsUnderWay > 0 && bytesUnderWay + more > bytesMax);
  }

  /// Has the piece's stretch go from `from` to `end`, with all of the record at `record`, as far as
  /// a piece goes and `until` lets it.
  private void start(Piece piece, int from, int end, int record, long until) {
    int most = piece.isAlone ? end : PIECE_BYTES;
    int limit = (int) Math.min(most, until - piece.position);
    Reading reading = new Reading(piece, from, Math.min(end, limit), record, limit);
    piece.isUnderWay = true;
    readsUnderWay++;
    bytesUnderWay += most;
    tasks.accept(
        new Task(
            reading::run,
            () -> {
              readsUnderWay--;
              bytesUnderWay -= most;
              piece.isUnderWay = false;
              reading.finished();
              readable.run();
            },
            failed));
  }

  /// What a task reads. For a record read alone it takes memory once it has seen that the record is
  /// true: a damaged length may be any number.
  private final class Reading {
    private final Piece piece;
    private final int wantedFrom;
    private final int wantedUntil;
    private final int record;
    private final int limit;
    private final ByteBuffer window;
    private ByteBuffer buffer;
    private int from;
    private int until;
    private boolean isShort;

    Reading(Piece piece, int wantedFrom, int wantedUntil, int record, int limit) {
      this.piece = piece;
      this.wantedFrom = wantedFrom;
      this.wantedUntil = wantedUntil;
      this.record = record;
      this.limit = limit;
      this.window = piece.isAlone ? buffer() : piece.buffer;
      this.buffer = window;
      this.from = piece.from;
      this.until = piece.until;
    }

    void run() throws IOException {
      if (wantedUntil > PIECE_BYTES) {
        buffer = ByteBuffer.allocate(isTrue() ? wantedUntil : 0);
      }
      load(wantedFrom, from);
      load(until, Math.min(wantedUntil, buffer.capacity()));
      if (record >= from && record + RecordFrame.HEADER_BYTES <= until) {
        long end = record + (long) RecordFrame.HEADER_BYTES + RecordFrame.length(buffer, record);
        load(until, end <= limit ? Math.min(Sector.up((int) end), limit) : until);
      }
      isShort |= until < wantedUntil;
    }

    private boolean isTrue() throws IOException {
      Segment segment = piece.segment;
      return new RecordFrame()
          .isValid(
              segment.file(),
              piece.position - segment.first(),
              buffer,
              segment.run(),
              segment.number());
    }

    /// Reads what lies before the stretch or behind it.
    private void load(int begin, int end) throws IOException {
      if (begin >= end) {
        return;
      }
      long offset = piece.position - piece.segment.first() + begin;
      int read = piece.segment.file().read(offset, buffer.duplicate().limit(end).position(begin));
      isShort |= read < end - begin;
      if (isShort || begin == until) {
        until = begin + read;
      }
      from = Math.min(from, begin);
    }

    void finished() {
      if (wantedUntil > PIECE_BYTES) {
        giveBack(window);
      }
      if (pieces.get(piece.position) != piece) {
        giveBack(buffer);
        return;
      }
      bytes += buffer.capacity() - piece.buffer.capacity();
      piece.buffer = buffer;
      piece.from = from;
      piece.until = until;
      piece.isShort = isShort;
      pieces.putLast(piece.position, piece);
      forgetOldest();
    }
  }

  // What is kept

  private void keep(Piece piece) {
    Piece before = pieces.putLast(piece.position, piece);
    bytes += piece.buffer.capacity();
    if (before != null) {
      let(before);
    }
  }

  /// Only at the end of a read: what is being looked at while one begins stays.
  private void forgetOldest() {
    Iterator<Piece> oldestFirst = pieces.values().iterator();
    for (int left = pieces.size(); bytes > bytesMax && left > 1; left--) {
      Piece oldest = oldestFirst.next();
      if (!oldest.isUnderWay) {
        oldestFirst.remove();
        let(oldest);
      }
    }
  }

  /// What a view shows of it is past: views are valid until the next call of the log. A task that
  /// still writes to its memory gives that back.
  private void let(Piece piece) {
    bytes -= piece.buffer.capacity();
    if (!piece.isUnderWay) {
      giveBack(piece.buffer);
    }
  }

  private ByteBuffer buffer() {
    ByteBuffer used = spare.pollFirst();
    return used == null ? ByteBuffer.allocateDirect(PIECE_BYTES) : used.clear();
  }

  private void giveBack(ByteBuffer buffer) {
    if (buffer.isDirect() && spare.size() < READS_MAX) {
      spare.addFirst(buffer);
    }
  }

  /// The segment's file is about to go.
  void forget(Segment segment) {
    pieces
        .values()
        .removeIf(piece -> {
          if (piece.segment == segment) {
            let(piece);
            return true;
          }
          return false;
        });
  }
}
