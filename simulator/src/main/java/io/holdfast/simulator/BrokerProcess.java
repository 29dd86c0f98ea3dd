package io.holdfast.simulator;

import io.holdfast.core.Broker;
import io.holdfast.core.Effects;
import io.holdfast.core.Event;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.DropReason;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.log.LogListener;
import io.holdfast.log.RecordView;
import io.holdfast.log.Recovered;
import io.holdfast.log.SegmentedLog;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.simulator.workload.Reached;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One process of the broker, from its start to its end: the real core and the real log, driven as
/// the server's `BrokerLoop` drives them, turn by turn.
final class BrokerProcess {
  private static final long TURN_NANOS = 50_000;
  private static final long PAUSE_NANOS = 300_000_000L;

  private final Machine machine;
  private final SimOptions options;
  private final RandomGenerator random;
  private final Links links;
  private final Lanes lanes;
  private final Broker broker;
  private final Fingerprints fingerprints;
  private final Ticks ticks = new Ticks(this);
  private final ArrayDeque<Runnable> inputs = new ArrayDeque<>();
  private final RecordView shown = new RecordView();
  private @Nullable SegmentedLog openLog;
  private @Nullable ObservedLog observed;
  private State state = State.OPENING;
  private boolean turnIsDue;
  private boolean endsTurn;
  private long durable;

  /// What the disk itself tells to be durable.
  private long told;

  /// What it will tell, and since when, once more is durable than there was then.
  private long durableBefore;

  private long endBefore;
  private long millisBefore;

  enum State {
    OPENING,
    RUNNING,
    /// Nothing is read any more; what was read becomes durable and is answered.
    ANSWERING,
    /// The core has ended all connections; what it appended on that becomes durable.
    ENDING,
    /// The log has failed, and nothing more is said.
    FAILED,
    OVER
  }

  /// So much may stay in memory.
  private long keptMax = Long.MAX_VALUE;

  BrokerProcess(Machine machine, SimOptions options, Fingerprints fingerprints) {
    this.machine = machine;
    this.options = options;
    this.random = machine.random();
    this.fingerprints = fingerprints;
    this.links =
        new Links(
            this, options.transport(), options.listener(), options.settings().maximumPacketSize());
    this.lanes = new Lanes(this, options.diskHabits());
    this.broker = new Broker(options.settings(), new Says(), random);
  }

  // What its parts need

  Broker broker() {
    return broker;
  }

  RandomGenerator random() {
    return random;
  }

  Trace trace() {
    return machine.trace();
  }

  long nowNanos() {
    return machine.clock().nowNanos();
  }

  void reached(Reached what) {
    machine.reached(what);
  }

  /// What of the log the disk itself tells to be whole. A batch tells the durable position that was
  /// known when it was sealed, and it may have waited for the commit before its own.
  Optional<DiskTroubles.Whole> whole() {
    return wholeUntil(told);
  }

  /// The same where nothing was published for a while. If nothing at all has happened, an empty
  /// batch has told the rest.
  Optional<DiskTroubles.Whole> wholeInPeace() {
    return ticks.isIdle() ? wholeUntil(durable) : whole();
  }

  /// The durable position has moved. Every batch that is sealed from now on tells that, and the
  /// time.
  private void tells(long position) {
    if (position > endBefore) {
      told = durableBefore;
      machine.clock().recorded(millisBefore);
      durableBefore = position;
      endBefore = log().end();
      millisBefore = machine.clock().brokerMillis();
    }
  }

  private Optional<DiskTroubles.Whole> wholeUntil(long position) {
    SegmentedLog log = openLog;
    if (log == null || log.durable() == 0) {
      return Optional.empty();
    }
    int segment = log.segmentOf(log.durable() - 1);
    long bytes = Math.max(0, position - log.segmentEnd(segment - 1));
    return Optional.of(new DiskTroubles.Whole(segment, (int) bytes));
  }

  /// How many messages came in.
  long messages() {
    return links.publishes();
  }

  boolean isCongested(long bytesMax) {
    return log().unsyncedBytes() > bytesMax;
  }

  State state() {
    return state;
  }

  private boolean isLive() {
    return state != State.OVER;
  }

  private boolean speaks() {
    return isLive() && state != State.FAILED;
  }

  /// Something that happens in this process, unless it is over by then.
  void after(long nanos, Runnable event) {
    machine.after(
        nanos,
        () -> {
          if (isLive()) {
            machine.guarded(this, event);
          }
        });
  }

  private SegmentedLog log() {
    SegmentedLog log = openLog;
    if (log == null) {
      throw new IllegalStateException("the log is open while the broker runs");
    }
    return log;
  }

  // Start and stop

  /// Recovers what the disk holds, compares it with what there was, and starts the core.
  void open(SimDisk disk) throws IOException {
    Recovering recovering = new Recovering(broker, fingerprints);
    Recovered recovered = SegmentedLog.open(disk, options.log(), lanes, new Hears(), recovering);
    openLog = recovered.log();
    machine.recovered(recovered.report(), recovering.isFromSnapshot());
    machine.checkReplayed(recovering.replayedBytes(), options.log());
    if (recovering.partsDiffer()) {
      reached(Reached.RECOVERED_FROM_PARTS_OF_DIFFERENT_AGE);
    }
    int lost = recovering.check();
    fingerprints.inForce(lost);
    fingerprints.origins().forgetFrom(recovered.log().end());
    if (lost > 0) {
      reached(Reached.RECORDS_LOST_WITH_THE_CRASH);
    }
    long recorded = Math.max(broker.lastRecordedMillis(), recovered.report().lastMillis());
    long nowMillis = machine.startClock(recorded);
    durable = recovered.log().durable();
    ObservedLog watched =
        new ObservedLog(recovered.log(), this::applied, () -> machine.discarding(this));
    observed = watched;
    recovered.log().time(nowMillis);
    broker.start(watched, recovered.snapshots(), nowMillis);
    watched.settle();
    state = State.RUNNING;
    ticks.start();
    wake();
  }

  private void applied(long position) {
    fingerprints.applied(position, broker);
    machine.appended(position);
    if (log().read(position, shown)) {
      LogRecord record = RecordCodec.decode(shown);
      if (record instanceof LogRecord.Loaded) {
        reached(Reached.BACKLOG_LOADED);
      } else if (record instanceof LogRecord.LetGo) {
        reached(Reached.LEFTOVER_LET_GO);
      } else if (record instanceof LogRecord.Displaced) {
        reached(Reached.DISPLACED_IN_THE_BACKLOG);
        machine.passedOver(this);
      } else if (record instanceof LogRecord.Dropped dropped && dropped.reason().isOfTheMoment()) {
        if (dropped.reason() == DropReason.DISPLACED) {
          reached(Reached.DISPLACED_IN_THE_WINDOW);
        }
        machine.passedOver(this);
      }
      if (trace().isTold()) {
        trace().line("  " + record);
      }
    }
  }

  /// What is on its way to the disk does not get there.
  void hangCommits() {
    lanes.hangCommits();
  }

  void resumeCommits() {
    lanes.resumeCommits();
  }

  /// Ends the broker, cleanly: what was read is answered first.
  void stop() {
    if (state == State.RUNNING) {
      state = State.ANSWERING;
      links.stopReading();
      wake();
    }
  }

  /// It is no more, whatever it was about to do.
  void die() {
    state = State.OVER;
  }

  boolean isStopping() {
    return state == State.ANSWERING || state == State.ENDING;
  }

  /// Lets a connection in, unless it listens no more.
  Optional<ServerEnd> accept(SimConnection connection) {
    return state == State.RUNNING ? Optional.of(links.accept(connection)) : Optional.empty();
  }

  // Turns

  /// Something came in: a turn will deal with it.
  void input(Runnable action) {
    if (speaks()) {
      inputs.addLast(action);
      wake();
    }
  }

  /// The heap is nearly full, or is so no more.
  void memory(boolean isLacking) {
    input(() -> {
      keptMax = isLacking ? broker.kept() : Long.MAX_VALUE;
      broker.memory(isLacking);
    });
  }

  void wake() {
    if (!turnIsDue && speaks() && state != State.OPENING) {
      turnIsDue = true;
      long pause = random.nextInt(2000) == 0 ? random.nextLong(PAUSE_NANOS) : 0;
      after(random.nextLong(TURN_NANOS) + pause, this::turn);
    }
  }

  private void turn() {
    turnIsDue = false;
    if (!speaks()) {
      return;
    }
    tellTime();
    if (random.nextBoolean()) {
      hear();
      readReady();
    } else {
      readReady();
      hear();
    }
    if (speaks()) {
      endTurn();
    }
  }

  private void tellTime() {
    long nowMillis = machine.clock().brokerMillis();
    log().time(nowMillis);
    broker.time(nowMillis);
  }

  private void hear() {
    for (int left = inputs.size(); left > 0 && speaks(); left--) {
      ticks.busy();
      inputs.removeFirst().run();
    }
  }

  private void readReady() {
    if (speaks()) {
      links.readReady();
    }
  }

  private void endTurn() {
    links.tellClosed();
    endsTurn = true;
    boolean more = broker.endTurn();
    endsTurn = false;
    if (broker.kept() > keptMax) {
      throw new Violation("P10", "something new stays in memory, though there is none left");
    }
    keptMax = keptMax == Long.MAX_VALUE ? keptMax : broker.kept();
    if (observed != null) {
      observed.settle();
    }
    log().flush();
    links.flush();
    links.resumeCongested();
    if (more) {
      wake();
    }
    goOnStopping();
  }

  private void goOnStopping() {
    if (state == State.ANSWERING && log().unsyncedBytes() == 0) {
      state = State.ENDING;
      broker.stop();
      wake();
    } else if (state == State.ENDING
        && log().unsyncedBytes() == 0
        && links.count() == 0
        && lanes.pending() == 0
        && !turnIsDue) {
      finish();
    }
  }

  private void finish() {
    try {
      log().close();
    } catch (IOException e) {
      machine.exited(this, Exit.LOG_FAILED, e.getMessage());
      return;
    }
    machine.exited(this, Exit.CLEAN, "");
  }

  // Now and then

  /// @param quiet whether nothing has happened since the tick before
  void tick(boolean quiet) {
    if (speaks()) {
      wake();
      tellTime();
      links.tick();
      if (quiet) {
        log().idle(broker.awaitsSettled());
      }
    }
  }

  // Failures

  /// A task has failed: that must have ended everything.
  void checkFailed(IOException why) {
    if (speaks()) {
      throw new Violation(
          "P7", "the broker goes on though the disk has failed: " + why.getMessage());
    }
  }

  private void fail(IOException why) {
    if (speaks()) {
      // What was appended in this turn may be on its way to the disk, and be found there.
      if (observed != null) {
        observed.settle();
      }
      state = State.FAILED;
      durable = log().durable();
      inputs.clear();
      machine.failing(this);
      after(
          random.nextLong(TURN_NANOS),
          () -> machine.exited(this, Exit.LOG_FAILED, String.valueOf(why.getMessage())));
    }
  }

  /// What must hold whenever nothing is happening.
  void check() {
    SegmentedLog log = openLog;
    if (log == null || state == State.OVER) {
      return;
    }
    if (log.durable() > log.end()) {
      throw new Violation("log", "what is durable was appended before");
    }
    if (log.durable() < durable) {
      throw new Violation("log", "the durable position never moves back");
    }
    if (state == State.FAILED && log.durable() != durable) {
      throw new Violation("P7", "something became durable after the log had failed");
    }
    durable = log.durable();
  }

  /// What the core says goes to the connections, until something is broken.
  private final class Says implements Effects {
    @Override
    public void send(int connection, Packet packet) {
      if (!speaks()) {
        throw new Violation("P7", "the broker speaks after it has failed");
      }
      if (endsTurn && isBroadcast(packet)) {
        reached(Reached.HANDED_ON_IN_TURNS);
      }
      links.send(connection, packet);
    }

    /// What else goes out at QoS 0 at the end of a turn was queued, or is retained.
    private boolean isBroadcast(Packet packet) {
      return packet instanceof Publish publish
          && publish.qos() == QoS.AT_MOST_ONCE
          && !publish.retain()
          && !options.settings().queuesQoS0();
    }

    @Override
    public boolean isWritable(int connection) {
      return links.isWritable(connection);
    }

    @Override
    public void close(int connection) {
      links.close(connection);
    }

    @Override
    public void observe(Event event) {
      machine.observed(event);
    }
  }

  /// What the log tells.
  private final class Hears implements LogListener {
    @Override
    public void durable(long position) {
      tells(position);
      machine.durable(position);
      fingerprints.durable(position);
      broker.durable();
    }

    @Override
    public void room() {
      links.offerAgain();
    }

    @Override
    public void readable() {
      broker.readable();
    }

    @Override
    public void failed(IOException why) {
      fail(why);
    }

    @Override
    public void damaged(long position, String file, String why) {
      machine.damaged(BrokerProcess.this, file, why);
    }
  }
}
