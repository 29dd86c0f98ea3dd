package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord.WantedPart;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.log.Log;
import io.holdfast.log.RecordView;
import io.holdfast.log.Snapshots;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The one way in: what happened is told to the broker by these calls, one thread, one at a time.
///
/// First recovery (`recoverPart`, `recoverRecord`), then `start`, then everything else. Times are
/// milliseconds since 1970 that never go back.
public final class Broker {
  private final BrokerSettings settings;
  private final Effects effects;
  private final RandomGenerator random;
  private final DurableState state;
  private final WantedTally tally = new WantedTally();
  private @Nullable Running running;

  public Broker(BrokerSettings settings, Effects effects, RandomGenerator random) {
    this.settings = settings;
    this.effects = effects;
    this.random = random;
    this.state = new DurableState(settings.limits(), new Told());
  }

  /// A segment of the log that is kept, or new, begins at `position`.
  public void recoverSegment(long position) {
    tally.segment(position);
  }

  /// A part of the newest snapshot, written when the log's end was `position`.
  public void recoverPart(long position, RecordView part) {
    state.apply(position, RecordCodec.decode(part));
  }

  /// A record of the log, which lies at `position` from now on. Where it lay before is of no
  /// interest: no record names another one that recovery might have to write anew.
  public void recoverRecord(long oldPosition, long position, RecordView record) {
    tally.at(position);
    state.apply(position, RecordCodec.decode(record));
  }

  /// The latest time that a record carried, 0 where there was none.
  public long lastRecordedMillis() {
    return state.lastMillis();
  }

  /// Recovery is over and all that it found is durable. From here on the other calls are allowed.
  public void start(Log log, Snapshots snapshots, long nowMillis) {
    Running started = new Running(settings, effects, random, state, log, snapshots, nowMillis);
    running = started;
    started.start(tally);
  }

  /// A network connection was accepted. `connection` is a small number that is free now.
  public void connected(int connection, ListenerSettings listener, String address) {
    running().connected(connection, listener, address);
  }

  /// False where there is no space for it now, and nothing came of it: the driver reads nothing
  /// more from the connection, and offers the same packet again when the log tells of room, and
  /// once a second.
  public boolean packet(int connection, Packet packet) {
    return running().packet(connection, packet);
  }

  /// The decoder refused what the connection sent.
  public void refused(int connection, Decoded.Malformed malformed) {
    running().refused(connection, malformed);
  }

  /// The decoder refused what the connection sent, a CONNECT of `version` as far as it could be
  /// read. At 5.0 CONNACK says why [MQTT-3.1.4-1].
  public void refused(int connection, Decoded.Malformed malformed, ProtocolVersion version) {
    running().refused(connection, malformed, version);
  }

  public void refused(int connection, Decoded.UnsupportedVersion version) {
    running().refused(connection, version);
  }

  /// The connection is gone, by whoever's doing; its number is free. `why` is for the operator.
  public void disconnected(int connection, String why) {
    running().disconnected(connection, why);
  }

  /// Whether the connection takes more bytes now. True at first.
  public void writable(int connection, boolean writable) {
    running().writable(connection, writable);
  }

  /// The driver does not read from the connection for now: its silence is not its own.
  public void heard(int connection) {
    running().heard(connection);
  }

  /// How full the fullest queue is that this connection has published for since this was asked
  /// last, of those of which publishers have to feel it: 0.8 to 1, and 0 where none is so full. Who
  /// fills one is to be slowed down.
  public double takeFullness(int connection) {
    return running().takeFullness(connection);
  }

  /// The heap is nearly full, or is so no more: while it is, nothing is begun that stays in memory.
  public void memory(boolean isLacking) {
    running().memory(isLacking);
  }

  /// How many sessions, subscriptions and retained topics there are, which stay in memory.
  public long kept() {
    return running().kept();
  }

  /// Whether a message cannot be delivered before the log has settled more.
  public boolean awaitsSettled() {
    return running().awaitsSettled();
  }

  /// The log's durable position has moved.
  public void durable() {
    running().durable();
  }

  /// Blocks that the log was asked for were read.
  public void readable() {
    running().readable();
  }

  /// The time, before the inputs that happened at it; at least once a second.
  public void time(long nowMillis) {
    running().time(nowMillis);
  }

  /// The turn's inputs are all in: serves what is ready, up to a bound, and records what was
  /// acknowledged. True where more is ready: the driver comes back after it looked at its
  /// connections.
  public boolean endTurn() {
    return running().endTurn();
  }

  /// Ends all connections, with DISCONNECT 0x8B at 5.0; what was acknowledged goes into the log.
  /// The driver syncs the log and stops.
  public void stop() {
    running().stop();
  }

  /// Tells `sink` what a restart would bring back, field by field: for who compares the one with
  /// the other. Takes as long as there is state.
  public void tellState(StateSink sink) {
    new StateTelling(state, sink).tell();
  }

  /// For tests: what a restart would bring back.
  DurableState state() {
    return state;
  }

  /// For tests: how much waits for its time.
  int timers() {
    return running().timers();
  }

  private Running running() {
    Running started = running;
    if (started == null) {
      throw new IllegalStateException("broken invariant: the broker is started before it is used");
    }
    return started;
  }

  /// Passes on what durable state tells, once somebody is there to hear it.
  private final class Told implements DurableState.Listener {
    @Override
    public void enqueued(Queue queue) {
      if (running != null) {
        running.enqueued(queue);
      }
    }

    @Override
    public void wanted(long position, int count) {
      if (running == null) {
        tally.add(position, count);
      } else {
        running.wanted(position, count);
      }
    }

    @Override
    public void left(long position, long count) {
      if (running == null) {
        tally.add(position, -count);
      } else {
        running.left(position, count);
      }
    }

    @Override
    public void held(long position) {
      if (running != null) {
        running.held(position);
      }
    }

    @Override
    public void released(long position) {
      if (running != null) {
        running.released(position);
      }
    }

    @Override
    public void wantedAsOf(long position, WantedPart part) {
      tally.begin(position, part);
    }

    @Override
    public void pinned(long position) {
      if (running != null) {
        running.pinned(position);
      }
    }

    @Override
    public void unpinned(long position) {
      if (running != null) {
        running.unpinned(position);
      }
    }
  }
}
