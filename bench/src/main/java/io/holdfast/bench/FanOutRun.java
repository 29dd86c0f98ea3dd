package io.holdfast.bench;

import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/// What a message costs that very many sessions want whose clients are away: the broker's CPU time
/// and what it writes, by itself, in turns with messages that one session wants; then the latency
/// of a publisher that has nothing to do with it.
///
/// Each figure is told as soon as it is known. `run` waits on the caller's thread; everything else
/// happens on the event loop.
final class FanOutRun {
  private static final int LOOK_MILLIS = 1000;
  private static final int LOOKS_MAX = 60;
  private static final int QUIET_LOOKS = 2;

  private final FanOut fanOut;
  private final SocketAddress address;
  private final WatchedProcess broker;
  private final String coreThread;
  private final Figures figures;
  private final Topics topics = Topics.ofNewRun();
  private final long runId = ThreadLocalRandom.current().nextLong();

  /// @param coreThread how the name of the broker's thread starts whose CPU time is taken; its
  ///   whole process where there is none
  FanOutRun(
      FanOut fanOut,
      SocketAddress address,
      WatchedProcess broker,
      String coreThread,
      Figures figures) {
    this.fanOut = fanOut;
    this.address = address;
    this.broker = broker;
    this.coreThread = coreThread;
    this.figures = figures;
  }

  void run() throws BenchException, InterruptedException {
    try (Stage stage = new Stage(address, fanOut.patienceSeconds())) {
      Moment start = Moment.now(Optional.of(broker));
      stage.await(
          stage.bring(
              fanOut.sessions(),
              (index, channel, watcher) ->
                  new IdleSession(
                      channel,
                      fanOut.version(),
                      topics.prefix() + "-f" + index,
                      index % fanOut.every() == 0 ? wantedBy("all") : topics.idle(index),
                      watcher)));
      for (String other : new String[] {"one", "other"}) {
        stage.await(
            stage.bring(
                1,
                (index, channel, watcher) ->
                    new IdleSession(
                        channel,
                        fanOut.version(),
                        topics.prefix() + "-" + other,
                        wantedBy(other),
                        watcher)));
      }
      settle(stage);
      byItself(stage);
      beside(stage);
      figures.tell("other_cores", start.otherCoresUntil(Moment.now(Optional.of(broker))));
    }
  }

  /// Waits until the broker has done what the new sessions gave it to do.
  private void settle(Stage stage) throws BenchException, InterruptedException {
    long before = -1;
    int quiet = 0;
    for (int i = 0; i < LOOKS_MAX && quiet < QUIET_LOOKS; i++) {
      stage.pause(LOOK_MILLIS);
      long written = broker.writtenBytes();
      quiet = written == before ? quiet + 1 : 0;
      before = written;
    }
  }

  private void byItself(Stage stage) throws BenchException, InterruptedException {
    Publisher all = publisher(stage, "all", fanOut.sliceWindow(), new Tally());
    Publisher one = publisher(stage, "one", fanOut.sliceWindow(), new Tally());
    figures.tell("first_ms", publish(stage, all, 1) / 1e6);
    var unused = publish(stage, all, fanOut.warmUp() - 1) + publish(stage, one, fanOut.warmUp());
    int slices = fanOut.slices();
    double[] allNanos = new double[slices];
    double[] cpuNanos = new double[slices];
    double[] oneCpuNanos = new double[slices];
    double[] bytesBeyond = new double[slices];
    for (int i = 0; i < slices; i++) {
      Use start = use();
      allNanos[i] = (double) publish(stage, all, fanOut.perSlice()) / fanOut.perSlice();
      Use middle = use();
      unused = publish(stage, one, fanOut.perSlice());
      Use end = use();
      cpuNanos[i] = (double) (middle.cpuNanos - start.cpuNanos) / fanOut.perSlice();
      oneCpuNanos[i] = (double) (end.cpuNanos - middle.cpuNanos) / fanOut.perSlice();
      long beyond =
          middle.writtenBytes - start.writtenBytes - end.writtenBytes + middle.writtenBytes;
      bytesBeyond[i] = (double) beyond / fanOut.perSlice();
    }
    figures.tell("slices", slices);
    figures.tell("per_slice", fanOut.perSlice());
    figures.tell("all_ms", median(allNanos) / 1e6);
    figures.tell("core_ms", median(cpuNanos) / 1e6);
    figures.tell("core_one_ms", median(oneCpuNanos) / 1e6);
    figures.tell("bytes_beyond", median(bytesBeyond));
    figures.tell("bytes_beyond_mean", Arrays.stream(bytesBeyond).average().orElse(Double.NaN));
  }

  private void beside(Stage stage) throws BenchException, InterruptedException {
    Tally alone = new Tally();
    Publisher other = publisher(stage, "other", 1, alone);
    start(stage, other, alone);
    stage.pause(fanOut.quietSeconds() * 1000L);
    stop(stage, other, alone);
    tell("alone", alone);
    for (int window : new int[] {1, fanOut.window()}) {
      Tally tally = new Tally();
      Publisher unrelated = publisher(stage, "other", 1, tally);
      Publisher all = publisher(stage, "all", window, new Tally());
      start(stage, unrelated, tally);
      long nanos = publish(stage, all, fanOut.beside());
      stop(stage, unrelated, tally);
      tell("window" + window, tally);
      figures.tell("window%d_s".formatted(window), nanos / 1e9);
    }
  }

  private Publisher publisher(Stage stage, String wantedBy, int window, Tally tally)
      throws BenchException, InterruptedException {
    Publisher[] publisher = new Publisher[1];
    stage.await(
        stage.bring(
            1,
            (index, channel, watcher) -> {
              PublishTemplate template =
                  new PublishTemplate(
                      fanOut.version(), wantedBy(wantedBy), fanOut.payloadBytes(), runId, 0);
              String clientId = topics.prefix() + "-p" + channel.id().asShortText();
              publisher[0] =
                  new Publisher(
                      channel,
                      fanOut.version(),
                      clientId,
                      watcher,
                      new PublishTemplate[] {template},
                      window,
                      tally);
              return publisher[0];
            }));
    return publisher[0];
  }

  /// @return how many nanoseconds it took until all were acknowledged
  private static long publish(Stage stage, Publisher publisher, long count)
      throws BenchException, InterruptedException {
    CompletableFuture<Long> all = new CompletableFuture<>();
    stage.soon(() -> {
      long start = System.nanoTime();
      publisher.publish(count, Pace.UNLIMITED, () -> all.complete(System.nanoTime() - start));
    });
    return stage.await(all);
  }

  private static void start(Stage stage, Publisher publisher, Tally tally) {
    stage.soon(() -> {
      tally.start();
      publisher.start(Pace.UNLIMITED);
    });
  }

  /// What was sent and is not acknowledged yet still counts: it waits behind what went before.
  private static void stop(Stage stage, Publisher publisher, Tally tally)
      throws BenchException, InterruptedException {
    var unused = publish(stage, publisher, 0);
    tally.stop();
  }

  private void tell(String when, Tally other) {
    figures.tell(when + "_count", other.acknowledged().getTotalCount());
    figures.tell(Report.micros(when, other.acknowledged()));
  }

  private String wantedBy(String whom) {
    return topics.prefix() + "/wanted/" + whom;
  }

  private record Use(long cpuNanos, long writtenBytes) {}

  private Use use() throws BenchException {
    return new Use(broker.threadCpuNanos(coreThread), broker.writtenBytes());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
