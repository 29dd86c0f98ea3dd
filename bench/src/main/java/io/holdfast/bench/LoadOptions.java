package io.holdfast.bench;

import picocli.CommandLine.Option;

/// The options of every tool that brings publishers and subscribers.
final class LoadOptions {
  @Option(names = "--publishers", defaultValue = "50", description = "default: 50")
  private int publishers;

  @Option(
      names = "--window",
      defaultValue = "20",
      description = "unacknowledged messages per publisher; default: 20")
  private int window;

  @Option(
      names = "--topics",
      defaultValue = "1",
      description = "per publisher, taking turns; default: 1")
  private int topicsPerPublisher;

  @Option(
      names = "--subscribers",
      defaultValue = "10",
      description = "durable, each taking its share of the topics; default: 10")
  private int subscribers;

  @Option(
      names = "--rate",
      defaultValue = "Infinity",
      description = "messages a second of all publishers; default: as many as the windows allow")
  private double perSecond;

  @Option(names = "--warm-up", defaultValue = "5", description = "seconds; default: 5")
  private int warmUpSeconds;

  @Option(names = "--measure", defaultValue = "10", description = "seconds; default: 10")
  private int measuredSeconds;

  /// Beside no idle ones.
  Workload workload(BrokerOptions broker) {
    return workload(broker, 0, 0, 0);
  }

  Workload workload(
      BrokerOptions broker, int idleSubscriptions, int idleSessions, int retainedMessages) {
    return new Workload(
        broker.version(),
        publishers,
        window,
        topicsPerPublisher,
        subscribers,
        broker.payloadBytes(),
        perSecond,
        warmUpSeconds,
        measuredSeconds,
        broker.patienceSeconds(),
        idleSubscriptions,
        idleSessions,
        retainedMessages);
  }
}
