package io.holdfast.server.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/// Tells Netty where to read to, and how often: once a turn.
///
/// After the other side has ended its half, Netty reads on until there is nothing left, whatever is
/// said here. `NotNow` stops it: what is left is read in later turns.
@SuppressWarnings("deprecation") // What Netty deprecates is its name, there is no other yet.
final class Reads implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {
  private final Connections connections;
  private final Connection connection;
  private int turn = -1;
  private int attemptedBytes;
  private int lastBytes;

  Reads(Connections connections, Connection connection) {
    this.connections = connections;
    this.connection = connection;
  }

  /// Thrown at Netty where a connection is not to be read from now.
  static final class NotNow extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("StaticAssignmentOfThrowable") // It has no stack trace, and is thrown often.
    private static final NotNow INSTANCE = new NotNow();

    private NotNow() {
      super("not now", null, false, false);
    }
  }

  @Override
  public ExtendedHandle newHandle() {
    return this;
  }

  @Override
  public ByteBuf allocate(ByteBufAllocator unused) {
    int now = connections.reading();
    if (turn == now || !connection.mayBeRead()) {
      throw NotNow.INSTANCE;
    }
    turn = now;
    return connections.readInto(now);
  }

  @Override
  public int guess() {
    return 0;
  }

  @Override
  public void reset(ChannelConfig config) {}

  @Override
  public void incMessagesRead(int numMessages) {}

  @Override
  public void lastBytesRead(int bytes) {
    lastBytes = bytes;
  }

  @Override
  public int lastBytesRead() {
    return lastBytes;
  }

  @Override
  public void attemptedBytesRead(int bytes) {
    attemptedBytes = bytes;
  }

  @Override
  public int attemptedBytesRead() {
    return attemptedBytes;
  }

  @Override
  public boolean continueReading() {
    return false;
  }

  @Override
  public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
    return false;
  }

  @Override
  public void readComplete() {}
}
