package io.holdfast.simulator;

import io.holdfast.core.BrokerSettings;
import io.holdfast.simulator.workload.Inhabitants;
import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Runs seed after seed, counts what they came to, and says which of them broke a promise.
final class Soak {
  /// So many seeds come to everything that they are made for, or something is wrong with them.
  static final int SEEDS_FOR_ALL = 500;

  private static final long PROGRESS_NANOS = 10_000_000_000L;
  private static final int TWICE = 10;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_HOUR = 3600e9;

  private final BiFunction<World, BrokerSettings, Inhabitants> settlers;
  private final LongSupplier nanos;
  private final PrintWriter out;
  private final Coverage coverage = new Coverage();
  private final List<Long> failed = new ArrayList<>();
  private long seeds;
  private long crashes;
  private long messages;
  private long records;
  private long simulatedNanos;

  /// @param nanos the real time, for who wants to know how fast this is
  Soak(
      BiFunction<World, BrokerSettings, Inhabitants> settlers,
      LongSupplier nanos,
      PrintWriter out) {
    this.settlers = settlers;
    this.nanos = nanos;
    this.out = out;
  }

  /// Runs the seeds from `first` on, as long as `goesOn` says so; it is asked after each.
  void run(long first, BooleanSupplier goesOn) {
    long began = nanos.getAsLong();
    long told = began;
    long seed = first;
    do {
      runOne(seed);
      seed++;
      long now = nanos.getAsLong();
      if (now - told >= PROGRESS_NANOS) {
        told = now;
        progress(now - began);
      }
    } while (goesOn.getAsBoolean());
    progress(nanos.getAsLong() - began);
  }

  private void runOne(long seed) {
    seeds++;
    try {
      Outcome outcome = Simulation.run(seed, settlers);
      count(outcome);
      if (seeds % TWICE == 0) {
        Outcome again = Simulation.run(seed, settlers);
        if (again.traceHash() != outcome.traceHash()) {
          throw new Violation("simulation", "the same seed told another story the second time");
        }
      }
    } catch (RuntimeException | Error broken) {
      failed.add(seed);
      out.printf("seed %d FAILED: %s%n  replay: simulator/run --seed %d%n", seed, broken, seed);
      out.flush();
    }
  }

  private void count(Outcome outcome) {
    coverage.add(outcome.coverage());
    crashes += outcome.crashes();
    messages += outcome.messages();
    records += outcome.records();
    simulatedNanos += outcome.simulatedNanos();
  }

  private void progress(long tookNanos) {
    double seconds = Math.max(tookNanos, 1) / NANOS_PER_SECOND;
    out.printf(
        Locale.ROOT,
        "%,d seeds, %.1f/s; %,.1f hours simulated; %,d crashes, %.0f/s; %,d messages; %,d"
            + " records%s%n",
        seeds,
        seeds / seconds,
        simulatedNanos / NANOS_PER_HOUR,
        crashes,
        crashes / seconds,
        messages,
        records,
        failed.isEmpty() ? "" : "; " + failed.size() + " FAILED");
    out.flush();
  }

  long seeds() {
    return seeds;
  }

  /// Those that broke a promise.
  List<Long> failed() {
    return List.copyOf(failed);
  }

  /// What no seed came to.
  List<Reached> unreached() {
    List<Reached> never = new ArrayList<>();
    for (Reached what : Reached.values()) {
      if (coverage.count(what) == 0) {
        never.add(what);
      }
    }
    return never;
  }

  /// How often each fault and each state was come to.
  void table() {
    for (Reached what : Reached.values()) {
      long count = coverage.count(what);
      out.printf(Locale.ROOT, "%,12d  %s%s%n", count, what.label(), count == 0 ? "  NEVER" : "");
    }
    out.flush();
  }
}
