package io.holdfast.bench;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Publishers and subscribers at work together: after the warm-up counting starts; after the
/// measured time nothing new is sent, and what is underway arrives.
final class OnlineLoad {
  private static final long DRAIN_LOOK_MILLIS = 100;

  private final Stage stage;
  private final Clients clients;
  private final Workload workload;
  private final Tally tally;
  private final Optional<WatchedProcess> broker;
  private final CompletableFuture<Report.Measured> handled = new CompletableFuture<>();

  /// @param tally of these clients
  /// @param broker its process, if what it uses is wanted
  OnlineLoad(
      Stage stage,
      Clients clients,
      Workload workload,
      Tally tally,
      Optional<WatchedProcess> broker) {
    this.stage = stage;
    this.clients = clients;
    this.workload = workload;
    this.tally = tally;
    this.broker = broker;
  }

  /// @return done when everything has arrived, or nothing comes any more
  CompletableFuture<Report.Measured> run() {
    stage.soon(() -> {
      clients.startPublishing(workload.perSecond());
      stage.later(workload.warmUpSeconds() * 1000L, this::startMeasuring);
    });
    return handled;
  }

  private void startMeasuring() throws BenchException {
    Moment start = Moment.now(broker);
    tally.start();
    stage.later(workload.measuredSeconds() * 1000L, () -> stopMeasuring(start));
  }

  private void stopMeasuring(Moment start) throws BenchException {
    tally.stop();
    Report.Measured measured = new Report.Measured(start, Moment.now(broker), tally);
    clients.stopPublishing();
    drain(measured, -1, System.nanoTime());
  }

  /// Looks again and again whether everything has arrived, and is done one look later (what comes
  /// then came twice), or when nothing comes any more.
  private void drain(Report.Measured measured, long arrivedBefore, long sinceNanos) {
    long acknowledged = clients.acknowledged();
    long arrived = acknowledged + clients.delivered();
    boolean isQuiet = arrived == arrivedBefore;
    boolean isAll = acknowledged == clients.sent() && clients.delivered() >= acknowledged;
    long nowNanos = System.nanoTime();
    boolean isHopeless = nowNanos - sinceNanos > workload.patienceSeconds() * 1_000_000_000L;
    if (isQuiet && (isAll || isHopeless)) {
      handled.complete(measured);
    } else {
      long since = isQuiet ? sinceNanos : nowNanos;
      stage.later(DRAIN_LOOK_MILLIS, () -> drain(measured, arrived, since));
    }
  }
}
