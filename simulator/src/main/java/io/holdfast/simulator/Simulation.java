package io.holdfast.simulator;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.simulator.workload.Caller;
import io.holdfast.simulator.workload.ClientEnd;
import io.holdfast.simulator.workload.Inhabitants;
import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// One seed's story: a world with one broker and its clients, on one thread and in no time.
///
/// First everything goes wrong, and nothing false may be said; once the broker has died as often as
/// the seed wants, nothing does any more, and everything that is owed has to arrive.
final class Simulation {
  private static final long SECOND = 1_000_000_000L;

  /// So long clients may take, in their time, until nothing is owed any more.
  private static final long SETTLING_NANOS = 3600 * SECOND;

  private static final long FAULTY_NANOS = 24 * 3600 * SECOND;

  /// What consumers acknowledge is safe a second later, and the disk may take its time.
  private static final long REST_NANOS = 5 * SECOND;

  private static final long LOOK_NANOS = SECOND / 4;

  /// With so many segments of the reserve all can be delivered: a start takes two, and in one that
  /// is four sectors long a few acknowledgements have room.
  private static final int RESERVE_ENOUGH = 3;

  private final long seed;
  private final Scheduler scheduler = new Scheduler();
  private final Coverage coverage = new Coverage();
  private final RandomGenerator random;
  private final Trace trace;
  private final Machine machine;
  private final Inhabitants inhabitants;
  private boolean faulty = true;

  private Simulation(
      long seed,
      BiFunction<World, BrokerSettings, Inhabitants> settlers,
      Trace.Maker traceMaker,
      boolean showsDifferences) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.trace = traceMaker.of(scheduler);
    SimOptions options = SimOptions.draw(random);
    trace.line("seed " + seed + ": " + options);
    this.machine = new Machine(scheduler, random, coverage, trace, options, showsDifferences);
    this.inhabitants = settlers.apply(new Earth(), options.settings());
  }

  /// Tells the story of `seed` with those whom `settlers` makes for its world.
  static Outcome run(long seed, BiFunction<World, BrokerSettings, Inhabitants> settlers) {
    return new Simulation(seed, settlers, Trace::silent, false).tell();
  }

  /// The same, line by line, and with the fields in which states differ.
  static Outcome show(
      long seed, BiFunction<World, BrokerSettings, Inhabitants> settlers, Consumer<String> reader) {
    return new Simulation(seed, settlers, scheduler -> Trace.told(scheduler, reader), true).tell();
  }

  private Outcome tell() {
    machine.start();
    inhabitants.start();
    while (!machine.hadItsCrashes()) {
      step();
      if (scheduler.nowNanos() > FAULTY_NANOS) {
        throw new Violation("simulation", "a day went by without all the crashes that were due");
      }
    }
    faulty = false;
    trace.note("heal", machine.crashes(), 0);
    machine.heal();
    inhabitants.heal();
    if (machine.isFull()) {
      drain();
      machine.makeRoom();
    }
    settle();
    inhabitants.check();
    dieInPeace();
    return new Outcome(
        seed,
        trace.hash(),
        scheduler.asked(),
        scheduler.nowNanos(),
        machine.crashes(),
        machine.records(),
        machine.messages(),
        coverage);
  }

  /// What was accepted is delivered while there is no space, unless the reserve was used before by
  /// one start after the other.
  private void drain() {
    long until = scheduler.nowNanos() + SETTLING_NANOS;
    boolean hasReserve = machine.reserveLeft() >= RESERVE_ENOUGH;
    while (!inhabitants.owesNothing()) {
      long look = scheduler.nowNanos() + LOOK_NANOS;
      while (scheduler.nowNanos() < look) {
        step();
      }
      if (machine.isRefusedForSpace() || (machine.reserveLeft() == 0 && !hasReserve)) {
        return;
      }
      if (scheduler.nowNanos() > until) {
        throw new Violation("P6", "what was accepted is not delivered while there is no space");
      }
    }
    coverage.reached(Reached.DRAINED_WITHOUT_SPACE);
  }

  /// Everything was handled, and nothing happens for a while: one more death must bring back
  /// nothing of it.
  private void dieInPeace() {
    while (!inhabitants.isQuiet(REST_NANOS)) {
      step();
    }
    inhabitants.rest();
    machine.dieInPeace();
    settle();
    inhabitants.check();
  }

  private void settle() {
    long until = scheduler.nowNanos() + SETTLING_NANOS;
    long look = scheduler.nowNanos();
    while (scheduler.nowNanos() < until) {
      step();
      if (scheduler.nowNanos() >= look) {
        look = scheduler.nowNanos() + LOOK_NANOS;
        if (inhabitants.isSettled()) {
          return;
        }
      }
    }
  }

  private void step() {
    if (!scheduler.step()) {
      throw new Violation("simulation", "nothing is left that could happen");
    }
  }

  /// The world as clients know it.
  private final class Earth implements World {
    @Override
    public long nowNanos() {
      return scheduler.nowNanos();
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    @Override
    public void after(long nanos, Runnable event) {
      scheduler.after(nanos, event);
    }

    @Override
    public ClientEnd dial(Caller caller) {
      return machine.network().dial(caller);
    }

    @Override
    public boolean isFaulty() {
      return faulty;
    }

    @Override
    public void reached(Reached what) {
      coverage.reached(what);
    }

    @Override
    public boolean mayHaveLackedSpaceSince(long nanos) {
      return machine.mayHaveLackedSpaceSince(nanos);
    }

    @Override
    public int crashes() {
      return machine.ended();
    }

    @Override
    public long latestMillis() {
      return machine.clock().latestMillis();
    }

    @Override
    public Map<String, QueueAccount> accounts() {
      return machine.accounts();
    }

    @Override
    public boolean isTraced() {
      return trace.isTold();
    }

    @Override
    public void trace(String line) {
      trace.line(line);
    }

    @Override
    public AssertionError violation(String promise, String what) {
      return new Violation(promise, what);
    }
  }
}
