package io.holdfast.bench;

import java.net.SocketAddress;
import java.util.Optional;

/// What a backlog costs: load with everybody online, then publishing while the subscribers are
/// away, then the subscribers' return while publishing goes on. Which of these happen says the
/// `Backlog`.
///
/// Each figure is told as soon as it is known, so that a broker that dies under the backlog does
/// not take those before with it. `run` waits on the caller's thread; everything else happens on
/// the event loop.
final class BacklogRun {
  private static final int REST_MILLIS = 2000;

  private final Workload workload;
  private final Backlog backlog;
  private final SocketAddress address;
  private final Optional<WatchedProcess> broker;
  private final Topics topics;
  private final Figures figures;
  private final Tally tally = new Tally();

  /// @param broker its process, if what it uses is wanted
  BacklogRun(
      Workload workload,
      Backlog backlog,
      SocketAddress address,
      Optional<WatchedProcess> broker,
      Topics topics,
      Figures figures) {
    this.workload = workload;
    this.backlog = backlog;
    this.address = address;
    this.broker = broker;
    this.topics = topics;
    this.figures = figures;
  }

  /// @return what became of everything that was to be delivered
  Report.Checked run() throws BenchException, InterruptedException {
    try (Stage stage = new Stage(address, workload.patienceSeconds())) {
      Clients clients = new Clients(stage, workload, topics, tally);
      Moment start = Moment.now(broker);
      stage.await(
          backlog.isOnlineFirst() ? clients.subscribersCome() : clients.subscribersStayAway());
      stage.await(clients.publishersCome());
      double perSecond = backlog.isOnlineFirst() ? online(stage, clients) : 0;
      long[] due = clients.acknowledgedByTopic();
      fill(stage, clients);
      if (backlog.isDrained()) {
        due = clients.acknowledgedByTopic();
        drain(stage, clients, due, perSecond * backlog.publishedPart());
      }
      Report.Checked checked = clients.checked(due);
      figures.tell("other_cores", start.otherCoresUntil(Moment.now(broker)));
      figures.tell(checked.forScripts());
      return checked;
    }
  }

  /// @return how many messages a second were acknowledged
  private double online(Stage stage, Clients clients) throws BenchException, InterruptedException {
    OnlineLoad load = new OnlineLoad(stage, clients, workload, tally, broker);
    Report.Measured measured = stage.await(load.run());
    figures.tell("online_acked_per_s", measured.acknowledgedPerSecond());
    figures.tell("online_delivered_per_s", measured.deliveredPerSecond());
    figures.tell("handled", clients.delivered());
    stage.await(clients.subscribersLeave());
    return measured.acknowledgedPerSecond();
  }

  private void fill(Stage stage, Clients clients) throws BenchException, InterruptedException {
    memory(stage, "empty");
    long waiting = 0;
    long allNanos = 0;
    while (waiting < backlog.messages()) {
      long step = backlog.stepFrom(waiting);
      long nanos = stage.await(clients.publish(step));
      allNanos += nanos;
      if (waiting == 0) {
        figures.tell("empty_per_s", step * 1e9 / nanos);
      }
      waiting += step;
      figures.tell("waiting", waiting);
      figures.tell("last_per_s", step * 1e9 / nanos);
    }
    figures.tell("fill_per_s", waiting * 1e9 / allNanos);
    memory(stage, "full");
    if (backlog.isComparing()) {
      long nanos = stage.await(clients.publish(backlog.stepMessages()));
      figures.tell("full_per_s", backlog.stepMessages() * 1e9 / nanos);
    }
  }

  /// @param perSecond what is published meanwhile
  private void drain(Stage stage, Clients clients, long[] due, double perSecond)
      throws BenchException, InterruptedException {
    long acknowledged = clients.acknowledged();
    if (perSecond > 0) {
      stage.soon(() -> clients.startPublishing(perSecond));
    }
    long start = System.nanoTime();
    stage.await(clients.subscribersReturn(due));
    double seconds = (System.nanoTime() - start) / 1e9;
    figures.tell("drain_per_s", clients.delivered() / seconds);
    figures.tell("drain_s", seconds);
    figures.tell("drain_due_per_s", perSecond);
    figures.tell("drain_acked_per_s", (clients.acknowledged() - acknowledged) / seconds);
    var unused = stage.await(clients.publish(0));
  }

  private void memory(Stage stage, String when) throws BenchException, InterruptedException {
    if (broker.isPresent()) {
      stage.pause(REST_MILLIS);
      figures.tell(when + "_resident_bytes", broker.get().residentBytes());
    }
  }
}
