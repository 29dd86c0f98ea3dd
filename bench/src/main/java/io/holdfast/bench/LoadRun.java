package io.holdfast.bench;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One measurement from the first connection to the last check: subscribers come, idle sessions and
/// subscriptions are made, publishers come and fill their windows; after the warm-up counting
/// starts; after the measured time nothing new is sent, what is underway arrives, and the ledgers
/// are read.
///
/// `run` waits on the caller's thread; everything else happens on the event loop.
final class LoadRun {
  private static final long DRAIN_LOOK_MILLIS = 100;

  private final Workload workload;
  private final SocketAddress broker;
  private final Optional<ProcessCpu> brokerCpu;
  private final ProcessCpu ownCpu = ProcessCpu.own();
  private final long runId = ThreadLocalRandom.current().nextLong();
  private final Topics topics = new Topics("b%07x".formatted(runId & 0xFFF_FFFF));
  private final Tally tally = new Tally();
  private final Ledger[] ledgers;
  private final Publisher[] publishers;
  private final Subscriber[] subscribers;
  private final CompletableFuture<Report.Measured> measured = new CompletableFuture<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<Void> trouble = new CompletableFuture<>();

  /// @param brokerCpu the broker's process, if its CPU time is wanted
  LoadRun(Workload workload, SocketAddress broker, Optional<ProcessCpu> brokerCpu) {
    this.workload = workload;
    this.broker = broker;
    this.brokerCpu = brokerCpu;
    this.publishers = new Publisher[workload.publishers()];
    this.subscribers = new Subscriber[workload.subscribers()];
    this.ledgers = Stream.generate(Ledger::new).limit(workload.publishers()).toArray(Ledger[]::new);
  }

  Report run() throws BenchException, InterruptedException {
    try (Transport transport = new Transport()) {
      EventLoop loop = transport.loop();
      Arrivals arrivals =
          new Arrivals(
              transport,
              broker,
              workload.patienceSeconds(),
              what -> trouble.completeExceptionally(new BenchException(what)));
      await(arrivals.bring(workload.subscribers(), this::subscriber));
      await(arrivals.bring(workload.idleSessions(), this::idleSession));
      await(arrivals.bring(workload.idleSubscriptions() > 0 ? 1 : 0, this::idleSubscriptions));
      await(arrivals.bring(workload.publishers(), this::publisher));
      loop.execute(() -> begin(loop));
      await(drained);
      Report report = report(await(measured));
      loop.execute(this::leave);
      await(arrivals.bring(workload.subscribers(), this::sessionEnd));
      return report;
    }
  }

  private void begin(EventLoop loop) {
    Arrays.stream(publishers).forEach(Publisher::start);
    later(loop, workload.warmUpSeconds() * 1000L, () -> startMeasuring(loop));
  }

  private void startMeasuring(EventLoop loop) throws BenchException {
    Moment start = now();
    tally.start();
    later(loop, workload.measuredSeconds() * 1000L, () -> stopMeasuring(loop, start));
  }

  private void stopMeasuring(EventLoop loop, Moment start) throws BenchException {
    tally.stop();
    measured.complete(new Report.Measured(start, now(), tally));
    Arrays.stream(publishers).forEach(Publisher::stop);
    drain(loop, -1, System.nanoTime());
  }

  /// Looks again and again whether everything has arrived, and is done one look later (what comes
  /// then came twice), or when nothing comes any more.
  private void drain(EventLoop loop, long arrivedBefore, long sinceNanos) {
    long arrived = acknowledged() + delivered();
    boolean isQuiet = arrived == arrivedBefore;
    boolean isAll = acknowledged() == sent() && delivered() >= acknowledged();
    long nowNanos = System.nanoTime();
    boolean isHopeless = nowNanos - sinceNanos > workload.patienceSeconds() * 1_000_000_000L;
    if (isQuiet && (isAll || isHopeless)) {
      drained.complete(null);
    } else {
      long since = isQuiet ? sinceNanos : nowNanos;
      later(loop, DRAIN_LOOK_MILLIS, () -> drain(loop, arrived, since));
    }
  }

  private Report report(Report.Measured counted) {
    long lost = 0;
    long duplicated = 0;
    long reordered = 0;
    for (int i = 0; i < ledgers.length; i++) {
      lost += ledgers[i].lost(publishers[i].acknowledged());
      duplicated += ledgers[i].duplicated();
      reordered += ledgers[i].reordered();
    }
    return new Report(
        workload,
        counted,
        new Report.Checked(acknowledged(), sent() - acknowledged(), lost, duplicated, reordered));
  }

  private void leave() {
    Arrays.stream(publishers).forEach(Client::leave);
    Arrays.stream(subscribers).forEach(Client::leave);
  }

  private Client subscriber(int index, Channel channel, Client.Watcher watcher) {
    Subscriber subscriber =
        new Subscriber(
            channel,
            workload.version(),
            subscriberId(index),
            watcher,
            topics.taken(index),
            runId,
            workload.payloadBytes(),
            ledgers,
            tally);
    subscribers[index] = subscriber;
    return subscriber;
  }

  private Client publisher(int index, Channel channel, Client.Watcher watcher) {
    PublishTemplate template =
        new PublishTemplate(
            workload.version(),
            topics.published(index, index % workload.subscribers()),
            workload.payloadBytes(),
            runId,
            index);
    Publisher publisher =
        new Publisher(
            channel,
            workload.version(),
            topics.prefix() + "-p" + index,
            watcher,
            template,
            workload.window(),
            tally);
    publishers[index] = publisher;
    return publisher;
  }

  private Client idleSession(int index, Channel channel, Client.Watcher watcher) {
    return new IdleSession(channel, workload.version(), topics, index, watcher);
  }

  private Client idleSubscriptions(int index, Channel channel, Client.Watcher watcher) {
    return new IdleSubscriptions(
        channel, workload.version(), topics, workload.idleSubscriptions(), watcher);
  }

  private Client sessionEnd(int index, Channel channel, Client.Watcher watcher) {
    return new SessionEnd(channel, workload.version(), subscriberId(index), watcher);
  }

  private String subscriberId(int index) {
    return topics.prefix() + "-s" + index;
  }

  private long sent() {
    return Arrays.stream(publishers).mapToLong(Publisher::sent).sum();
  }

  private long acknowledged() {
    return Arrays.stream(publishers).mapToLong(Publisher::acknowledged).sum();
  }

  private long delivered() {
    return Arrays.stream(subscribers).mapToLong(Subscriber::delivered).sum();
  }

  private Moment now() throws BenchException {
    OptionalLong brokerNanos =
        brokerCpu.isPresent() ? OptionalLong.of(brokerCpu.get().nanos()) : OptionalLong.empty();
    return new Moment(System.nanoTime(), MachineCpu.nanos(), ownCpu.nanos(), brokerNanos);
  }

  private void later(EventLoop loop, long millis, Step step) {
    Runnable guarded =
        () -> {
          try {
            step.run();
          } catch (BenchException | RuntimeException e) {
            trouble.completeExceptionally(e);
          }
        };
    var unused = loop.schedule(guarded, millis, TimeUnit.MILLISECONDS);
  }

  private interface Step {
    void run() throws BenchException;
  }

  private <T> T await(CompletableFuture<T> step) throws BenchException, InterruptedException {
    try {
      CompletableFuture.anyOf(step, trouble).get();
      return step.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BenchException known) {
        throw known;
      }
      throw new BenchException("the generator failed: " + e.getCause(), e);
    }
  }
}
