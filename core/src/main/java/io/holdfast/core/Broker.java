package io.holdfast.core;

import io.holdfast.log.Log;
import io.holdfast.log.RecordView;
import io.holdfast.log.Snapshots;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.packet.Packet;

/// The one way in: what happened is told to the broker by these calls, one thread, one at a time.
///
/// First recovery (`recoverPart`, `recoverRecord`), then `start`, then everything else. Times are
/// milliseconds since 1970 that never go back.
public final class Broker {
  public Broker(
      BrokerSettings settings, Effects effects, java.util.random.RandomGenerator random) {}

  /// A part of the newest snapshot, written when the log's end was `position`.
  public void recoverPart(long position, RecordView part) {}

  /// A record of the log; `position` is where it lies from now on, `oldPosition` where it lay when
  /// later records named it.
  public void recoverRecord(long oldPosition, long position, RecordView record) {}

  /// The latest time that a record carried, 0 where there was none.
  public long lastRecordedMillis() {
    return 0;
  }

  /// Recovery is over and all that it found is durable. From here on the other calls are allowed.
  public void start(Log log, Snapshots snapshots, long nowMillis) {}

  /// A network connection was accepted. `connection` is a small number that is free now.
  public void connected(int connection, ListenerSettings listener, String address) {}

  public void packet(int connection, Packet packet) {}

  /// The decoder refused what the connection sent.
  public void refused(int connection, Decoded.Malformed malformed) {}

  public void refused(int connection, Decoded.UnsupportedVersion version) {}

  /// The connection is gone, by whoever's doing; its number is free. `why` is for the operator.
  public void disconnected(int connection, String why) {}

  /// Whether the connection takes more bytes now. True at first.
  public void writable(int connection, boolean writable) {}

  /// The log's durable position has moved.
  public void durable() {}

  /// Blocks that the log was asked for were read.
  public void readable() {}

  /// The time, before the inputs that happened at it; at least once a second.
  public void time(long nowMillis) {}

  /// The turn's inputs are all in: serves what is ready, up to a bound, and records what was
  /// acknowledged. True where more is ready: the driver comes back after it looked at its
  /// connections.
  public boolean endTurn() {
    return false;
  }

  /// Ends all connections, with DISCONNECT 0x8B at 5.0; what was acknowledged goes into the log.
  /// The driver syncs the log and stops.
  public void stop() {}
}
