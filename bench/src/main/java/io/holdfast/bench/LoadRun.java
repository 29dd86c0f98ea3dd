package io.holdfast.bench;

import java.net.SocketAddress;
import java.util.Optional;

/// One measurement from the first connection to the last check: subscribers come, idle sessions,
/// subscriptions and retained messages are made, publishers come, and load is measured
/// (`OnlineLoad`); then the ledgers are read.
///
/// `run` waits on the caller's thread; everything else happens on the event loop.
final class LoadRun {
  private final Workload workload;
  private final SocketAddress address;
  private final Optional<WatchedProcess> broker;
  private final Topics topics = Topics.ofNewRun();
  private final Tally tally = new Tally();

  /// @param broker its process, if what it uses is wanted
  LoadRun(Workload workload, SocketAddress address, Optional<WatchedProcess> broker) {
    this.workload = workload;
    this.address = address;
    this.broker = broker;
  }

  Report run() throws BenchException, InterruptedException {
    try (Stage stage = new Stage(address, workload.patienceSeconds())) {
      Clients clients = new Clients(stage, workload, topics, tally);
      stage.await(clients.subscribersCome());
      double idleSeconds = bringIdle(stage);
      stage.await(clients.publishersCome());
      OnlineLoad load = new OnlineLoad(stage, clients, workload, tally, broker);
      Report.Measured measured = stage.await(load.run());
      Report.Checked checked = clients.checked(clients.acknowledgedByTopic());
      stage.soon(clients::leave);
      stage.await(clients.sessionsEnd());
      return new Report(workload, idleSeconds, measured, checked);
    }
  }

  private double bringIdle(Stage stage) throws BenchException, InterruptedException {
    MqttVersion version = workload.version();
    long start = System.nanoTime();
    stage.await(
        stage.bring(
            workload.idleSessions(),
            (index, channel, watcher) ->
                new IdleSession(
                    channel,
                    version,
                    topics.prefix() + "-i" + index,
                    topics.idle(index),
                    watcher)));
    stage.await(
        stage.bring(
            Math.min(1, workload.idleSubscriptions()),
            (index, channel, watcher) ->
                new IdleSubscriptions(
                    channel, version, topics, workload.idleSubscriptions(), watcher)));
    stage.await(
        stage.bring(
            Math.min(1, workload.retainedMessages()),
            (index, channel, watcher) ->
                new RetainedMessages(
                    channel, version, topics, workload.retainedMessages(), watcher)));
    return (System.nanoTime() - start) / 1e9;
  }
}
