package io.holdfast.server;

import io.holdfast.core.Broker;
import io.holdfast.core.BrokerClock;
import io.holdfast.core.Event;
import io.holdfast.core.ListenerSettings;
import io.holdfast.log.LogListener;
import io.holdfast.log.Recovered;
import io.holdfast.log.SegmentedLog;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.server.transport.Arrivals;
import io.holdfast.server.transport.Connections;
import io.holdfast.server.transport.EventLoopThread;
import io.holdfast.server.transport.Transport;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Drives the core. All of it runs on the loop's thread.
///
/// What happens goes in _turns_, one for each time that the loop looked at its connections:
///
/// 1. before the first input of a turn the time is told (`input`);
/// 2. all connections that are ready are read and their packets told, each connection once; the log
///    tells what has become durable;
/// 3. once, at the end (`endTurn`): connections that the core closed are told as gone, the core
///    serves its queues, the log hands to the disk what was appended, and every connection that was
///    sent something is written to.
///
/// So one sync covers all that came in while the last one ran, and a connection is written to once
/// a turn, however much it is sent. A failure of the log, or of what must hold in the core, is
/// final: what this turn would have said is dropped and all connections are cut.
final class BrokerLoop implements Arrivals {
  /// Exit statuses.
  static final int CLEAN = 0;

  static final int LOG_FAILED = 3;
  static final int BROKEN = 4;

  private final EventLoopThread thread;
  private final Transport transport;
  private final Connections connections;
  private final Watcher watcher;
  private final LogTasks tasks;
  private final LoopTimer timer;
  private final Brake brake;
  private final Broker broker;
  private final long unsyncedBytesMax;
  private final CompletableFuture<Integer> stopped = new CompletableFuture<>();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private @Nullable SegmentedLog openLog;
  private BrokerClock clock = new BrokerClock(0, 0);
  private Standstill standstill = new Standstill(0);
  private State state = State.OPENING;
  private int turn;
  private final HeapWatch heapWatch = HeapWatch.ofThisProcess();
  private boolean turnIsDue;
  private boolean inEndTurn;

  private enum State {
    OPENING,
    RUNNING,
    /// Nothing is read any more; what was read becomes durable and is answered.
    ANSWERING,
    /// The core has ended all connections; what it appended on that becomes durable.
    ENDING,
    STOPPED,
    FAILED
  }

  BrokerLoop(EventLoopThread thread, BrokerOptions options) {
    this.thread = thread;
    this.watcher = options.watcher();
    this.unsyncedBytesMax = options.limits().unsyncedBytesMax();
    this.transport = new Transport(thread, this, options.limits());
    this.connections = transport.connections();
    this.tasks = new LogTasks(thread, this::guarded);
    this.timer = new LoopTimer(thread, this::tick);
    this.brake = new Brake(thread, connections, this::input);
    this.broker =
        new Broker(
            options.settings(), new TransportEffects(connections, watcher), new SecureRandom());
  }

  Transport transport() {
    return transport;
  }

  // Start and stop

  /// Recovers what the log holds and starts the core. Blocks.
  void open(LogOpener opener) throws IOException {
    ReadingProgress progress = new ReadingProgress(watcher, System::nanoTime);
    Recovered recovered = opener.open(tasks, new Hears(), new Replay(broker, progress));
    openLog = recovered.log();
    recovered.report().cut().ifPresent(cut -> watcher.observe(new Event.Warning(cut)));
    long recorded = Math.max(broker.lastRecordedMillis(), recovered.report().lastMillis());
    long nowMillis = BrokerClock.baseMillis(recorded, System.currentTimeMillis());
    clock = new BrokerClock(nowMillis, System.nanoTime());
    standstill = new Standstill(nowMillis);
    recovered.log().time(nowMillis);
    broker.start(recovered.log(), recovered.snapshots(), nowMillis);
    state = State.RUNNING;
    var unused = thread.ended().thenRun(this::threadEnded);
    timer.start();
    input();
  }

  /// Gives up after `open` failed.
  void abandon() {
    state = State.FAILED;
    transport.close();
    release();
  }

  /// Ends the broker, cleanly: what was read is answered first.
  void stop() {
    if (state == State.RUNNING) {
      state = State.ANSWERING;
      transport.close();
      connections.stopReading(System.nanoTime());
      input();
    }
  }

  /// How it ended, once it has.
  CompletableFuture<Integer> stopped() {
    return stopped;
  }

  /// Done when nothing of it touches the disk any more.
  CompletableFuture<Void> released() {
    return released;
  }

  // Inputs

  @Override
  public int reading() {
    timer.busy();
    input();
    return turn;
  }

  @Override
  public void connected(int connection, ListenerSettings listener, String address) {
    guarded(() -> broker.connected(connection, listener, address));
  }

  @Override
  public boolean packet(int connection, Packet packet) {
    if (!isLive()) {
      return true;
    }
    try {
      return broker.packet(connection, packet);
    } catch (RuntimeException | Error e) {
      broken(e);
      return true;
    }
  }

  @Override
  public void refused(
      int connection, Decoded.Malformed malformed, Optional<ProtocolVersion> version) {
    guarded(() ->
        version.ifPresentOrElse(
            known -> broker.refused(connection, malformed, known),
            () -> broker.refused(connection, malformed)));
  }

  @Override
  public void refused(int connection, Decoded.UnsupportedVersion version) {
    guarded(() -> broker.refused(connection, version));
  }

  @Override
  public void disconnected(int connection, String why) {
    guarded(() -> broker.disconnected(connection, why));
  }

  @Override
  public void writable(int connection, boolean writable) {
    guarded(() -> broker.writable(connection, writable));
  }

  @Override
  public void heard(int connection) {
    guarded(() -> broker.heard(connection));
  }

  @Override
  public boolean isCongested() {
    return log().unsyncedBytes() > unsyncedBytesMax;
  }

  @Override
  public int slowMillis(int connection) {
    return isLive() ? brake.millisFor(broker.takeFullness(connection)) : 0;
  }

  @Override
  public void denied(String address, String why) {
    watcher.observe(new Event.Refused("", address, why));
  }

  @Override
  public void warn(String text) {
    watcher.observe(new Event.Warning(text));
  }

  @Override
  public void ended() {
    if (state == State.ENDING) {
      input();
    }
  }

  private boolean isLive() {
    return state != State.FAILED && state != State.STOPPED;
  }

  private void guarded(Runnable action) {
    if (!isLive()) {
      return;
    }
    try {
      input();
      action.run();
    } catch (RuntimeException | Error e) {
      broken(e);
    }
  }

  // Turns

  /// Something happens now: there is a turn that it belongs to, and the core knows the time.
  private void input() {
    if (turnIsDue || !isLive()) {
      return;
    }
    turnIsDue = true;
    if (inEndTurn) {
      // The connections are looked at in between.
      thread.execute(() -> thread.afterIteration(this::endTurn));
    } else {
      thread.afterIteration(this::endTurn);
    }
    try {
      long nowNanos = System.nanoTime();
      connections.withheldHeard(nowNanos);
      tellTime(clock.millisAt(nowNanos));
    } catch (RuntimeException | Error e) {
      broken(e);
    }
  }

  private void tellTime(long nowMillis) {
    long next = standstill.next(nowMillis);
    if (next < nowMillis) {
      connections.allHeard();
      for (; next < nowMillis; next = standstill.next(nowMillis)) {
        tell(next);
        connections.allHeard();
      }
    }
    tell(nowMillis);
  }

  private void tell(long millis) {
    log().time(millis);
    broker.time(millis);
  }

  private void endTurn() {
    turnIsDue = false;
    turn++;
    if (!isLive()) {
      return;
    }
    inEndTurn = true;
    try {
      SegmentedLog log = log();
      long nowNanos = System.nanoTime();
      connections.tellClosed(nowNanos);
      boolean more = broker.endTurn();
      log.flush();
      connections.flush();
      if (log.unsyncedBytes() <= unsyncedBytesMax / 2) {
        connections.resumeCongested();
      }
      connections.turnEnded(nowNanos);
      brake.turnEnded(log.space(), nowNanos);
      if (more) {
        input();
      }
      goOnStopping(log);
    } catch (RuntimeException | Error e) {
      broken(e);
    } finally {
      inEndTurn = false;
    }
  }

  private void goOnStopping(SegmentedLog log) {
    if (state == State.ANSWERING && log.unsyncedBytes() == 0) {
      state = State.ENDING;
      broker.stop();
      input();
    } else if (state == State.ENDING
        && log.unsyncedBytes() == 0
        && connections.count() == 0
        && tasks.pending() == 0
        && !turnIsDue) {
      finish(log);
    }
  }

  private void finish(SegmentedLog log) {
    state = State.STOPPED;
    try {
      log.close();
      release();
      stopped.complete(CLEAN);
    } catch (IOException e) {
      watcher.fatal("the log could not be closed: " + e.getMessage(), e);
      release();
      stopped.complete(LOG_FAILED);
    }
  }

  /// Once in a while, also when nothing happens.
  private void tick() {
    guarded(() -> {
      long nowNanos = System.nanoTime();
      broker.memory(heapWatch.isFull(nowNanos));
      connections.tick(nowNanos);
      // Also beside traffic that the log has nothing of: somebody may wait for what this settles.
      log().idle(broker.awaitsSettled());
    });
  }

  // Failures

  private void broken(Throwable why) {
    fail("the broker is broken and stops before it says something false: " + why, why, BROKEN);
  }

  /// Netty has ended the thread, which it does on errors of its own.
  private void threadEnded() {
    if (isLive()) {
      state = State.FAILED;
      watcher.fatal(
          "the broker's thread has ended", new IllegalStateException("no thread, no broker"));
      stopped.complete(BROKEN);
      released.complete(null);
    }
  }

  /// Nothing that was not said yet is said any more.
  private void fail(String what, Throwable why, int status) {
    if (!isLive()) {
      return;
    }
    state = State.FAILED;
    transport.close();
    connections.cutAll("the broker failed");
    watcher.fatal(what, why);
    stopped.complete(status);
    tasks.whenNoneIsPending(this::release);
  }

  private void release() {
    timer.stop();
    tasks.close();
    connections.release();
    released.complete(null);
    thread.shutdown();
  }

  private SegmentedLog log() {
    SegmentedLog log = openLog;
    if (log == null) {
      throw new IllegalStateException("broken invariant: the log is open while the loop runs");
    }
    return log;
  }

  /// What the log tells. `LogTasks` guards these calls.
  private final class Hears implements LogListener {
    @Override
    public void durable(long position) {
      timer.busy();
      broker.durable();
    }

    @Override
    public void room() {
      timer.busy();
      connections.offerAgain();
    }

    @Override
    public void readable() {
      timer.busy();
      broker.readable();
    }

    @Override
    public void failed(IOException why) {
      fail(
          "the log failed, nothing more can be acknowledged: " + why.getMessage(), why, LOG_FAILED);
    }

    @Override
    public void damaged(long position, String file, String why) {
      watcher.observe(
          new Event.Warning("damage in %s at position %d: %s".formatted(file, position, why)));
    }
  }
}
