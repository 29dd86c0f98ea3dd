package io.holdfast.cli.prove;

import io.holdfast.cli.prove.Report.Entry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Runs the trials, one after the other, and reports. `run` is for one thread; any may `stop`.
public final class Prove {
  private static final int PATIENCE_SECONDS = 10;
  private static final List<Trial> TRIALS =
      List.of(
          new KilledUnderLoad(),
          new KilledWhileStarting(),
          new ConsumerKilled(),
          new ProducerKilled(),
          new ConsumerAway(),
          new QueueLimits(),
          new TakenOver(),
          new PowerCuts("power cut at rest", new KilledAtRest()),
          new PowerCuts("power cut under load", new KilledUnderLoad()),
          new PowerCuts("power cut at start", new KilledWhileStarting()),
          new PowerCuts("power cut, tidying up", new KilledTidyingUp()),
          FailingDiskTrial.full(),
          FailingDiskTrial.readOnly());

  private final BrokerChoice broker;
  private final int rounds;
  private final long seed;
  private final List<Trial> trials;
  private final ProveConsole console;
  private final Cleanup cleanup = new Cleanup();
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile Optional<Thread> runner = Optional.empty();
  private volatile Optional<Path> folder = Optional.empty();
  private volatile boolean isStopped;

  /// @param rounds how often each trial does what it is about
  /// @param trials the names of those that are to run; all where it is empty
  /// @param shown where the progress goes
  public Prove(
      BrokerChoice broker,
      int rounds,
      long seed,
      List<String> trials,
      PrintStream shown,
      boolean isTerminal) {
    this.broker = broker;
    this.rounds = rounds;
    this.seed = seed;
    this.trials =
        TRIALS.stream().filter(trial -> trials.isEmpty() || trials.contains(trial.name())).toList();
    this.console = new ProveConsole(shown, isTerminal, this.trials.size());
  }

  public static List<String> trialNames() {
    return TRIALS.stream().map(Trial::name).toList();
  }

  /// Runs all trials, with their data in a new folder within `base`. To be called once.
  ///
  /// @throws IOException where `base` cannot be used
  public Outcome run(Path base) throws IOException, InterruptedException {
    runner = Optional.of(Thread.currentThread());
    long startNanos = System.nanoTime();
    try (cleanup) {
      Path own = Files.createTempDirectory(base, "holdfast-prove-");
      folder = Optional.of(own);
      Folders.openToAll(own);
      List<Entry> entries = new ArrayList<>();
      for (Trial trial : trials) {
        if (isStopped) {
          break;
        }
        console.begin(trial.name());
        entries.add(new Entry(trial.name(), run(trial, entries.size(), own)));
      }
      Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
      return new Outcome(new Report(broker.name(), seed, rounds, elapsed, entries));
    } finally {
      console.end();
      removeFolder();
      finished.countDown();
    }
  }

  private void removeFolder() throws IOException {
    if (folder.isPresent()) {
      Folders.remove(folder.get());
    }
  }

  private TrialResult run(Trial trial, int index, Path all)
      throws IOException, InterruptedException {
    Path own = Files.createDirectory(all.resolve("trial-" + (index + 1)));
    Folders.openToAll(own);
    Random random = new Random(seed * 31 + trial.name().hashCode());
    // Also brokers that keep their data from one run to the next never see a name twice.
    String prefix = "p" + Long.toString(System.currentTimeMillis(), 36) + index;
    try (Cleanup undo = cleanup.hold(Cleanup::new, Cleanup::undo)) {
      TrialContext context =
          new TrialContext(broker, own, prefix, rounds, random, console::step, undo);
      return trial.run(context);
    } catch (BrokerException e) {
      return new TrialResult.Broke(List.of(), List.of(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new TrialResult.Skipped(e.toString());
    } finally {
      Folders.remove(own);
    }
  }

  /// Ends everything that was started, and undoes all that was made. What `run` is in the middle of
  /// comes to nothing, and nothing more is shown.
  ///
  /// @throws IOException where something is left
  public void stop() throws IOException, InterruptedException {
    isStopped = true;
    console.end();
    List<Exception> failures = cleanup.undo();
    if (!failures.isEmpty()) {
      throw new IOException("not everything could be cleaned up: " + failures);
    }
    if (runner.isPresent() && finished.getCount() > 0) {
      // Else it might make a folder again that has just been removed.
      runner.get().interrupt();
      if (finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    }
    removeFolder();
  }

  /// Whether it was told to stop.
  public boolean isStopped() {
    return isStopped;
  }
}
