package io.holdfast.simulator;

import io.holdfast.core.Event;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.log.DamagedLogException;
import io.holdfast.log.LogOptions;
import io.holdfast.log.RecoveryReport;
import io.holdfast.log.disk.NoSpaceException;
import io.holdfast.simulator.Doom.Moment;
import io.holdfast.simulator.workload.Reached;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The machine that the broker runs on, and whoever starts it again: draws how each process of the
/// broker ends, ends it, and sees to it that there is a next one.
final class Machine implements Port {
  private static final long MILLI = SimClock.NANOS_PER_MILLI;
  private static final long SECOND = 1000 * MILLI;
  private static final long LACKING_NANOS = 60 * SECOND;
  private static final long HANGS_NANOS = 2 * SECOND;
  private static final int RECOVERY_CALLS = 80;
  private static final int RECORDS_MAX = 400;

  /// One start in so many is preceded by an audit.
  private static final int AUDITED = 3;

  /// A snapshot is due after so many times the size of the newest at least.
  private static final int DUE_GROWTH = 4;

  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final Coverage coverage;
  private final Trace trace;
  private final SimOptions options;
  private final SimClock clock;
  private final SimDisk disk;
  private final DiskTroubles troubles;
  private final Fingerprints fingerprints;
  private final SimNetwork network;
  private @Nullable BrokerProcess process;
  private Doom doom;
  private boolean powered = true;
  private boolean faulty = true;
  private boolean hasRested;
  private boolean started;
  private boolean cutsPower;
  private boolean hangsAtDiscard;
  private boolean hangsAtPassedOver;
  private boolean syncFailed;
  private int failuresBefore;
  private long hadSpaceSince = -LACKING_NANOS;
  private boolean lacksMemory;
  private boolean refusedForSpace;
  private int crashes;
  private int ended;
  private DiskTroubles.Whole whole = new DiskTroubles.Whole(0, 0);
  private int life;
  private long recordsLeft;
  private long records;
  private long messages;

  Machine(
      Scheduler scheduler,
      RandomGenerator random,
      Coverage coverage,
      Trace trace,
      SimOptions options,
      boolean showsDifferences) {
    this.scheduler = scheduler;
    this.random = random;
    this.coverage = coverage;
    this.trace = trace;
    this.options = options;
    this.clock = new SimClock(scheduler);
    this.disk = new SimDisk(random);
    this.troubles = new DiskTroubles(disk, random, coverage);
    this.fingerprints = new Fingerprints(showsDifferences);
    this.network =
        new SimNetwork(scheduler, random, coverage, trace, options.networkHabits(), this);
    this.doom = new Doom(coverage, trace, this::aboutToBeRead);
  }

  SimNetwork network() {
    return network;
  }

  SimClock clock() {
    return clock;
  }

  RandomGenerator random() {
    return random;
  }

  Trace trace() {
    return trace;
  }

  void reached(Reached what) {
    coverage.reached(what);
  }

  void after(long nanos, Runnable event) {
    scheduler.after(nanos, event);
  }

  /// Whether the disk may be full, or was at some time from a moment before `nanos` on.
  boolean mayHaveLackedSpaceSince(long nanos) {
    return disk.isLimited() || lacksMemory || nanos - hadSpaceSince < LACKING_NANOS;
  }

  /// What each queue accounts for, by the kind and the name of its owner; nothing while no process
  /// is there.
  Map<String, QueueAccount> accounts() {
    Map<String, QueueAccount> accounts = new TreeMap<>();
    BrokerProcess living = process;
    if (living != null) {
      AccountReader reader =
          new AccountReader(
              new StateHash(LongUnaryOperator.identity()),
              (kind, name, account, present) -> accounts.put(kind + " " + name, account));
      living.broker().tellState(reader);
      reader.end();
    }
    return accounts;
  }

  int crashes() {
    return crashes;
  }

  /// How many processes have ended so far, in whatever way.
  int ended() {
    return ended;
  }

  /// How many messages came in.
  long messages() {
    BrokerProcess living = process;
    return messages + (living == null ? 0 : living.messages());
  }

  /// How many records were appended.
  long records() {
    return records;
  }

  /// Whether as many crashes have come as this seed wants.
  boolean hadItsCrashes() {
    return crashes >= options.crashes();
  }

  // Starting

  void start() {
    BrokerProcess started = new BrokerProcess(this, options, fingerprints);
    process = started;
    if (life++ == 0) {
      fingerprints.begin(started.broker());
    }
    trace.note("start", life, disk.usedBytes());
    if (life % AUDITED == 0 && Auditor.audit(disk)) {
      coverage.reached(Reached.AUDITED_ACROSS_SNAPSHOTS);
    }
    doom = new Doom(coverage, trace, this::aboutToBeRead);
    disk.fate(doom);
    failuresBefore = disk.failures();
    if (faulty) {
      dooms();
    }
    guarded(started, () -> open(started));
  }

  private void open(BrokerProcess opened) {
    try {
      opened.open(disk);
    } catch (DamagedLogException e) {
      refusedForDamage(opened, e);
      return;
    } catch (NoSpaceException e) {
      refusedForSpace(opened, e);
      return;
    } catch (IOException e) {
      refusedByDisk(opened, e);
      return;
    }
    refusedForSpace = false;
    doom.opened();
    doom.lift();
    if (faulty) {
      draw(opened);
    }
  }

  /// What may happen in recovery.
  private void dooms() {
    int what = random.nextInt(20);
    if (what < 3 && !hadItsCrashes()) {
      cutsPower = random.nextBoolean();
      doom.stopAt(Moment.ANY_CALL, random.nextInt(RECOVERY_CALLS));
    } else if (what < 6 && !hadItsCrashes()) {
      // While what was read back is written anew, or the new run is opened.
      cutsPower = true;
      doom.stopAt(Moment.LOG_SYNC, random.nextInt(3));
    } else if (what == 6) {
      doom.failAt(Moment.draw(random), random.nextInt(3));
    }
  }

  /// What will end the process.
  private void draw(BrokerProcess living) {
    recordsLeft = 1 + random.nextLong(1 + random.nextInt(RECORDS_MAX));
    long nanos = MILLI << random.nextInt(15);
    cutsPower = random.nextBoolean();
    hangsAtDiscard = random.nextBoolean();
    hangsAtPassedOver = random.nextInt(4) > 0;
    switch (random.nextInt(20)) {
      case 0, 1 -> after(random.nextLong(nanos), () -> ifStill(living, living::stop));
      case 2, 3, 4 -> doom.failAt(Moment.draw(random), random.nextInt(6));
      case 5, 6, 7, 8, 9 -> doom.stopAt(Moment.draw(random), random.nextInt(12));
      case 10, 11, 12, 13 -> {
        cutsPower = true;
        doom.stopAt(Moment.LOG_SYNC, random.nextInt(20));
      }
      case 14, 15, 16 -> {
        cutsPower = true;
        doom.stopAtFirst(Moment.LOG_SYNC, Moment.SEGMENT_DELETED);
      }
      default -> {}
    }
    after(
        random.nextLong(nanos),
        () -> ifStill(living, () -> living.whole().ifPresent(troubles::maybeFlip)));
    troubles.maybeFill();
    after(
        random.nextLong(2 * nanos),
        () ->
            ifStill(
                living,
                () -> {
                  if (troubles.maybeMakeRoom()) {
                    hadSpaceSince = clock.nowNanos();
                  }
                }));
    if (random.nextInt(8) == 0) {
      after(random.nextLong(nanos), () -> ifStill(living, () -> lackMemory(living, true)));
      after(random.nextLong(2 * nanos), () -> ifStill(living, () -> lackMemory(living, false)));
    }
    after(nanos, () -> ifStill(living, this::timeIsUp));
  }

  /// A segment is let go: the disk syncs no record any more, though it does all else, and then the
  /// power goes.
  void discarding(BrokerProcess living) {
    if (hangsAtDiscard) {
      hangsAtDiscard = false;
      hang(living);
    }
  }

  /// The same where what makes room or expires is gone for others, but not on the disk yet.
  void passedOver(BrokerProcess living) {
    if (hangsAtPassedOver) {
      hangsAtPassedOver = false;
      hang(living);
    }
  }

  private void hang(BrokerProcess living) {
    if (faulty && !hadItsCrashes()) {
      cutsPower = true;
      coverage.reached(Reached.SYNC_HANGS);
      living.hangCommits();
      after(random.nextLong(HANGS_NANOS), () -> ifStill(living, this::timeIsUp));
    }
  }

  private void aboutToBeRead(String name) {
    BrokerProcess living = process;
    if (faulty && living != null) {
      living.whole().ifPresent(where -> troubles.maybeFlipIn(name, where));
    }
  }

  private void ifStill(BrokerProcess living, Runnable action) {
    if (process == living && faulty) {
      guarded(living, action);
    }
  }

  private void lackMemory(BrokerProcess living, boolean isLacking) {
    if (lacksMemory) {
      hadSpaceSince = clock.nowNanos();
    }
    lacksMemory = isLacking;
    living.memory(isLacking);
  }

  private void timeIsUp() {
    if (!hadItsCrashes()) {
      crash();
    }
  }

  private void refusedForDamage(BrokerProcess refused, DamagedLogException why) {
    if (!disk.isHurt()) {
      throw new Violation("P8", "a start is refused for damage that there is not", why);
    }
    coverage.reached(Reached.START_REFUSED_FOR_DAMAGE);
    trace.note("damaged", String.valueOf(why.getMessage()));
    mend();
    over(refused);
    startLater();
  }

  /// What an operator does who reads why: he puts back a copy, or goes on without a snapshot that
  /// is damaged, since there is one before it, or the whole log.
  private void mend() {
    List<String> hurt = disk.hurt();
    long snapshots = disk.names().stream().filter(name -> name.endsWith(".snapshot")).count();
    if (hurt.size() == 1 && hurt.getFirst().endsWith(".snapshot") && snapshots > 1) {
      coverage.reached(Reached.DAMAGED_SNAPSHOT_TAKEN_AWAY);
      trace.note("taken away", hurt.getFirst());
      disk.takeAway(hurt.getFirst());
    } else {
      disk.restore();
    }
  }

  private void refusedForSpace(BrokerProcess refused, NoSpaceException why) {
    if (!disk.isLimited()) {
      throw new Violation("P6", "a start is refused for space that there is", why);
    }
    coverage.reached(Reached.START_REFUSED_FOR_SPACE);
    refusedForSpace = true;
    over(refused);
    startLater();
  }

  private void refusedByDisk(BrokerProcess refused, IOException why) {
    checkFailedForAReason(why.getMessage());
    coverage.reached(Reached.START_REFUSED_BY_THE_DISK);
    over(refused);
    startLater();
  }

  private void checkFailedForAReason(@Nullable String why) {
    if (disk.failures() == failuresBefore) {
      throw new Violation("P7", "the broker gives up though the disk is well: " + why);
    }
  }

  private void startLater() {
    long down = faulty ? MILLI << random.nextInt(15) : SECOND;
    after(
        1 + random.nextLong(down),
        () -> {
          if (process == null) {
            powered = true;
            start();
          }
        });
  }

  long startClock(long recordedMillis) {
    long is = clock.start(recordedMillis, !started);
    started = true;
    return is;
  }

  void recovered(RecoveryReport report, boolean fromSnapshot) {
    trace.note("recovered", report.records(), report.copied());
    if (fromSnapshot) {
      coverage.reached(Reached.RECOVERED_FROM_A_SNAPSHOT);
    }
    if (report.copied() > 0) {
      coverage.reached(Reached.TAIL_WRITTEN_ANEW);
      if (syncFailed) {
        coverage.reached(Reached.TAIL_WRITTEN_ANEW_AFTER_A_FAILED_SYNC);
      }
    }
    if (report.cut().isPresent()) {
      coverage.reached(Reached.TORN_TAIL_CUT);
    }
    syncFailed = false;
  }

  /// P8: what a start has to read stays within a bound, where there was time and space for
  /// snapshots: as much log as makes one due, and what came while it was written.
  void checkReplayed(long bytes, LogOptions options) {
    if (!hasRested) {
      return;
    }
    long due = Math.max(options.snapshotDueBytes(), DUE_GROWTH * disk.largest(".snapshot"));
    if (bytes > 2 * due + options.segmentBytes()) {
      throw new Violation("P8", "a start reads %d bytes of log, %d are due".formatted(bytes, due));
    }
  }

  // What the process tells

  void appended(long position) {
    records++;
    recordsLeft--;
    trace.note("append", position, records);
    BrokerProcess living = process;
    if (recordsLeft == 0 && living != null) {
      after(random.nextLong(MILLI), () -> ifStill(living, this::timeIsUp));
    }
  }

  void durable(long position) {
    trace.note("durable", position, 0);
  }

  void observed(Event event) {
    trace.note("event", event.getClass().getSimpleName());
    if (event instanceof Event.Warning warning && warning.text().contains("heap is nearly full")) {
      coverage.reached(Reached.MEMORY_LACKED);
    }
    if (event instanceof Event.Disconnected gone && gone.why().contains("send them again")) {
      coverage.reached(Reached.PUBLISH_THROWN_AWAY_FOR_SPACE);
    }
    if (trace.isTold()) {
      trace.line("  " + event);
    }
  }

  void failing(BrokerProcess failing) {
    checkFailedForAReason("the log failed");
    syncFailed = true;
  }

  void damaged(BrokerProcess hurt, String file, String why) {
    if (!disk.isHurt()) {
      throw new Violation("P8", "damage that there is not: " + file + " " + why);
    }
    coverage.reached(Reached.DAMAGE_READ_BACK);
    after(
        0,
        () -> {
          if (process == hurt) {
            over(hurt);
            disk.restore();
            startLater();
          }
        });
  }

  void exited(BrokerProcess gone, Exit exit, @Nullable String why) {
    trace.note("exit", exit.name());
    switch (exit) {
      case CLEAN -> coverage.reached(Reached.CLEAN_STOP);
      case LOG_FAILED -> {
        checkFailedForAReason(why);
        coverage.reached(Reached.BROKER_FAILED_STOP);
      }
    }
    over(gone);
    afterwards();
  }

  private void over(BrokerProcess gone) {
    end(gone);
    disk.processEnds();
    network.processEnded();
  }

  private void end(BrokerProcess gone) {
    ended++;
    whole = gone.whole().orElse(whole);
    if (troubles.maybeMakeRoom()) {
      hadSpaceSince = clock.nowNanos();
    }
    if (lacksMemory) {
      hadSpaceSince = clock.nowNanos();
      lacksMemory = false;
    }
    gone.die();
    messages += gone.messages();
    process = null;
  }

  // Ending

  /// Lets something happen in a process, which may be its end.
  void guarded(BrokerProcess living, Runnable event) {
    try {
      event.run();
      if (process == living) {
        living.check();
      }
    } catch (Stopped stopped) {
      crash();
    } catch (Violation violation) {
      throw violation;
    } catch (RuntimeException | Error broken) {
      throw new Violation("invariant", "the broker is broken: " + broken, broken);
    }
  }

  /// One more crash, though nothing goes wrong any more; none where the broker is not back yet.
  void dieInPeace() {
    BrokerProcess living = process;
    if (living == null) {
      return;
    }
    coverage.reached(Reached.CRASH_IN_PEACE);
    hasRested = true;
    if (random.nextInt(4) == 0) {
      living.wholeInPeace().ifPresent(troubles::flipInNewest);
      clock.forgetRecorded();
    }
    cutsPower = random.nextBoolean();
    crash();
  }

  private void crash() {
    BrokerProcess gone = process;
    if (gone == null) {
      throw new IllegalStateException("only what runs can crash");
    }
    crashes++;
    trace.note("crash", crashes, cutsPower ? 1 : 0);
    if (gone.isStopping()) {
      coverage.reached(Reached.CRASH_WHILE_STOPPING);
    }
    end(gone);
    if (cutsPower) {
      losePower();
    } else {
      coverage.reached(Reached.PROCESS_CRASH);
      disk.processEnds();
      network.processEnded();
    }
    afterwards();
  }

  private void losePower() {
    coverage.reached(Reached.MACHINE_CRASH);
    if (syncFailed) {
      coverage.reached(Reached.POWER_CUT_AFTER_A_FAILED_SYNC);
    }
    powered = false;
    disk.losePower();
    network.machineEnded();
    if (random.nextInt(4) == 0) {
      clock.tamper(random, coverage);
    }
  }

  /// What may happen while no process is there.
  private void afterwards() {
    if (faulty) {
      troubles.maybeFlip(whole);
    }
    if (faulty && powered && !hadItsCrashes() && random.nextInt(8) == 0) {
      coverage.reached(Reached.POWER_CUT_AFTER_PROCESS_CRASH);
      crashes++;
      losePower();
    }
    startLater();
  }

  // The network's side

  @Override
  public Optional<ServerEnd> accept(SimConnection connection) {
    BrokerProcess living = process;
    return living == null ? Optional.empty() : living.accept(connection);
  }

  @Override
  public boolean isPowered() {
    return powered;
  }

  /// Nothing goes wrong any more, but that the disk may be full.
  void heal() {
    faulty = false;
    doom.lift();
    BrokerProcess living = process;
    if (living != null) {
      living.resumeCommits();
      lackMemory(living, false);
    }
    troubles.heal();
    network.heal();
  }

  boolean isFull() {
    return disk.isLimited();
  }

  /// Whether the broker could not be started for lack of space.
  boolean isRefusedForSpace() {
    return refusedForSpace;
  }

  /// How many segments of the log's reserve are left. A power cut may have cut one short while it
  /// was made.
  long reserveLeft() {
    return disk.names().stream()
        .filter(name -> name.startsWith("0") && name.endsWith(".reserve"))
        .filter(name -> disk.bytesOf(name) >= options.log().reserveBytes())
        .count();
  }

  void makeRoom() {
    hadSpaceSince = clock.nowNanos();
    troubles.makeRoom();
  }
}
