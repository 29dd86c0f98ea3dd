package io.holdfast.log;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A log in one piece of memory that begins anew when it is full, for measuring what is around it.
/// It holds more than anybody looks back.
public final class RingLog implements Log {
  private static final int BYTES = 64 << 20;
  private static final int RECORD_BYTES_MAX = 1 << 20;

  private final ByteBuffer memory = ByteBuffer.allocateDirect(BYTES);
  private long end = 1;
  private long durable = 1;

  @Override
  public long append(int key, RecordBody body) {
    int offset = (int) (end % BYTES);
    if (BYTES - offset < RECORD_BYTES_MAX) {
      end += BYTES - offset;
      offset = 0;
    }
    int length = body.length();
    memory.putInt(offset, length);
    memory.position(offset + Integer.BYTES);
    body.writeTo(memory);
    long position = end;
    end += Integer.BYTES + length;
    return position;
  }

  @Override
  public Grant grant(int bytes) {
    return Grant.GRANTED;
  }

  @Override
  public Space space() {
    return new Space(0, BYTES);
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public long durable() {
    return durable;
  }

  @Override
  public long settled() {
    return durable;
  }

  /// All of it is durable.
  public void sync() {
    durable = end;
  }

  @Override
  public boolean read(long position, RecordView view) {
    int offset = (int) (position % BYTES);
    view.show(memory, offset + Integer.BYTES, memory.getInt(offset));
    return true;
  }

  @Override
  public void find(int[] keys, long from, int max, Consumer<Found> then) {
    throw new UnsupportedOperationException("nobody is so far behind");
  }

  @Override
  public int segmentOf(long position) {
    return (int) (position >>> 26);
  }

  @Override
  public long segmentEnd(int segment) {
    return Math.min(end, (segment + 1L) << 26);
  }

  @Override
  public int oldestSegment() {
    return 0;
  }

  @Override
  public boolean holdsSegment(int segment) {
    return true;
  }

  @Override
  public void discard(int segment) {}
}
