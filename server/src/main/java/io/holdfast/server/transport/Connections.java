package io.holdfast.server.transport;

import io.holdfast.protocol.packet.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// All network connections, by the numbers that the core knows them by, and what they are sent.
///
/// Within a turn what is sent gathers; `flush` hands it to the operating system.
public final class Connections {
  private static final long ENDING_NANOS = 5_000_000_000L;
  private static final long HEARD_NANOS = 200_000_000L;
  private static final long STOPPING_NANOS = 1_000_000_000L;
  private static final long STALLED_NANOS = 10_000_000_000L;

  /// Less than a quiet tick, or every other one would come too early.
  private static final long LOOK_NANOS = 900_000_000L;

  private final Arrivals arrivals;
  private final TransportLimits limits;
  private final ByteBufAllocator allocator;
  private final ReadBuffer readBuffer;
  private final IncomingMemory incomingMemory;
  private final OutgoingMemory outgoingMemory;
  private final FreeNumbers numbers = new FreeNumbers();
  private @Nullable Connection[] byId = new @Nullable Connection[64];
  private int count;
  private final List<Connection> dirty = new ArrayList<>();
  private final List<Connection> closed = new ArrayList<>();
  private final List<Connection> congested = new ArrayList<>();
  private final List<Connection> ending = new ArrayList<>();
  private final Withheld withheld = new Withheld();
  private final Slowed slowed = new Slowed();
  private long lookedNanos;
  private long heardNanos;
  private boolean stopping;

  /// Whether somebody has nothing waiting, and yet there is no memory to send it something.
  private boolean starving;

  Connections(Arrivals arrivals, TransportLimits limits, ByteBufAllocator allocator) {
    this.arrivals = arrivals;
    this.limits = limits;
    this.allocator = allocator;
    this.readBuffer = new ReadBuffer();
    this.incomingMemory = new IncomingMemory(limits.incomingBytesMax());
    this.outgoingMemory = new OutgoingMemory(limits);
  }

  // What the core asks for

  public void send(int connection, Packet packet) {
    Connection to = byId[connection];
    if (to != null && to.send(packet)) {
      dirty.add(to);
    }
  }

  public boolean isWritable(int connection) {
    Connection to = byId[connection];
    if (to == null || !to.isHearing()) {
      return false;
    }
    boolean writable = to.outgoing().isWritable();
    starving |= !writable && to.outgoing().waiting() == 0;
    return writable;
  }

  /// Closes `connection` after what was sent to it. `tellClosed` tells that it is gone.
  public void close(int connection) {
    Connection gone = byId[connection];
    if (gone != null && gone.isOpen()) {
      gone.closed();
      closed.add(gone);
    }
  }

  // A turn's end, in this order

  /// Tells which connections the core itself has closed.
  public void tellClosed(long nowNanos) {
    for (int i = 0; i < closed.size(); i++) {
      Connection connection = closed.get(i);
      connection.end(nowNanos + (stopping ? STOPPING_NANOS : ENDING_NANOS));
      tellGone(connection, "");
      if (!connection.isGone()) {
        ending.add(connection);
        dirty.add(connection);
      }
    }
    closed.clear();
  }

  /// Hands what was sent to the operating system, and tells who takes deliveries again.
  public void flush() {
    for (int i = 0; i < dirty.size(); i++) {
      dirty.get(i).flush();
    }
    dirty.clear();
    if (starving && outgoingMemory.share() > 0) {
      starving = false;
      for (Connection connection : byId) {
        if (connection != null && connection.isOpen()) {
          lookWhetherWritable(connection);
        }
      }
    }
  }

  void lookWhetherWritable(Connection connection) {
    if (connection.outgoing().becameWritable()) {
      arrivals.writable(connection.id(), true);
    } else if (connection.outgoing().becameUnwritable()) {
      arrivals.writable(connection.id(), false);
    }
    starving |= !connection.outgoing().isWritable() && connection.outgoing().waiting() == 0;
  }

  /// The disk has caught up. Who was withheld may have waited for that too.
  public void resumeCongested() {
    if (!congested.isEmpty()) {
      congested.forEach(connection -> connection.resume(Connection.CONGESTED));
      congested.clear();
      if (!withheld.isEmpty()) {
        int unused = arrivals.reading();
        offerAgain();
      }
    }
  }

  /// There may be space for what was withheld.
  public void offerAgain() {
    withheld.offerAgain();
  }

  /// Those go on that were slowed down, as far as their time is over. Gives the milliseconds until
  /// the next one's is, -1 where there is none.
  public long resumeSlowed(long nowNanos) {
    return slowed.resume(nowNanos);
  }

  /// The time is about to be told. Ticks are too far apart for the shortest keep alive.
  public void withheldHeard(long nowNanos) {
    if (!withheld.isEmpty() && nowNanos - heardNanos >= HEARD_NANOS) {
      heardNanos = nowNanos;
      withheld.heard(arrivals);
    }
  }

  /// Lets those go on that waited for memory.
  public void turnEnded(long nowNanos) {
    incomingMemory.turnEnded(nowNanos);
  }

  // Now and then

  /// What is looked at about once a second.
  public void tick(long nowNanos) {
    if (nowNanos - lookedNanos < LOOK_NANOS) {
      return;
    }
    lookedNanos = nowNanos;
    withheld.cutThoseWhoLeft(nowNanos);
    offerAgain();
    incomingMemory.tick(nowNanos);
    ending.removeIf(connection -> isOver(connection, nowNanos));
    if (outgoingMemory.isExhausted()) {
      cutTheLargestStalled(nowNanos);
    }
    for (Connection connection : byId) {
      if (connection != null && connection.isPaused() && connection.isOpen()) {
        arrivals.heard(connection.id());
      }
    }
  }

  /// The silence of all connections so far is not their own.
  public void allHeard() {
    for (Connection connection : byId) {
      if (connection != null && connection.isOpen()) {
        arrivals.heard(connection.id());
      }
    }
  }

  private static boolean isOver(Connection connection, long nowNanos) {
    if (connection.isPaused()) {
      connection.endBy(nowNanos + ENDING_NANOS);
    } else if (!connection.isGone() && nowNanos - connection.endsAtNanos() > 0) {
      connection.cut("");
    }
    return connection.isGone();
  }

  /// Those who do not read must not take the memory from those who do.
  private void cutTheLargestStalled(long nowNanos) {
    Connection largest = null;
    for (Connection connection : byId) {
      if (connection != null
          && connection.isOpen()
          && connection.isStalled(nowNanos, STALLED_NANOS)
          && (largest == null || largest.outgoing().waiting() < connection.outgoing().waiting())) {
        largest = connection;
      }
    }
    if (largest != null) {
      arrivals.warn(
          "memory is short: a client that does not read is cut, with %d bytes waiting for it"
              .formatted(largest.outgoing().waiting()));
      largest.cut("does not read while memory is short");
    }
  }

  /// Reads from nobody any more.
  public void stopReading(long nowNanos) {
    stopping = true;
    ending.forEach(connection -> connection.end(nowNanos + STOPPING_NANOS));
    for (Connection connection : byId) {
      if (connection != null && connection.isOpen()) {
        connection.pause(Connection.STOPPING);
      }
    }
  }

  /// Cuts all connections. What was sent to them in this turn is dropped.
  public void cutAll(String why) {
    stopping = true;
    for (Connection connection : byId) {
      if (connection != null) {
        connection.cut(why);
      }
    }
    ending.forEach(connection -> connection.cut(why));
  }

  /// How many there are, with those whose end is not through yet.
  public int count() {
    return count;
  }

  /// Gives the memory back that all connections share.
  public void release() {
    readBuffer.release();
  }

  // What a connection needs

  Incoming incomingOf(Connection connection) {
    return new Incoming(connection, arrivals, incomingMemory, allocator, limits);
  }

  Outgoing outgoingOf(Connection connection) {
    return new Outgoing(connection, outgoingMemory, allocator);
  }

  /// Why one more is not let in; empty where it is.
  String refusal(Listener listener) {
    if (stopping) {
      return "the broker stops";
    }
    if (count >= limits.connectionsMax()) {
      return "there are %d connections, and no room for more in this process".formatted(count);
    }
    int most = listener.settings().connectionsMax();
    return most >= 0 && listener.count() >= most
        ? "max_connections of %d is reached".formatted(most)
        : "";
  }

  void denied(String address, String why) {
    arrivals.denied(address, why);
  }

  void warn(String text) {
    arrivals.warn(text);
  }

  void add(Connection connection, String address) {
    int id = numbers.take();
    if (id >= byId.length) {
      byId = Arrays.copyOf(byId, byId.length * 2);
    }
    byId[id] = connection;
    connection.known(id);
    count++;
    connection.listener().change(1);
    arrivals.connected(id, connection.listener().settings(), address);
  }

  int reading() {
    return arrivals.reading();
  }

  ByteBuf readInto(int turn) {
    return readBuffer.take(turn, incomingMemory.share() / 2);
  }

  ByteBuffer bytesRead(int bytes) {
    return readBuffer.filled(bytes);
  }

  long answersShare() {
    return outgoingMemory.answersShare();
  }

  void pauseIfCongested(Connection connection) {
    if (arrivals.isCongested() && !connection.isPaused(Connection.CONGESTED)) {
      connection.pause(Connection.CONGESTED);
      congested.add(connection);
    }
  }

  void withheld(Connection connection) {
    withheld.add(connection);
  }

  void pauseIfShortOfSpace(Connection connection) {
    int millis = arrivals.slowMillis(connection.id());
    if (millis > 0 && !connection.isPaused(Connection.SLOWED)) {
      connection.pause(Connection.SLOWED);
      slowed.add(connection, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  /// It takes nothing any more. It has time to be read to its end, not counting that in which it is
  /// not read from.
  void readToTheEnd(Connection connection) {
    connection.endBy(System.nanoTime() + ENDING_NANOS);
    ending.add(connection);
  }

  /// Its channel is closed. Where the core closed it, `tellClosed` tells or has told so.
  void gone(Connection connection, boolean wasOpen) {
    if (connection.id() < 0) {
      return;
    }
    count--;
    connection.listener().change(-1);
    if (wasOpen) {
      tellGone(connection, connection.why());
    } else {
      arrivals.ended();
    }
  }

  private void tellGone(Connection connection, String why) {
    int id = connection.id();
    byId[id] = null;
    arrivals.disconnected(id, why);
    numbers.giveBack(id);
  }
}
