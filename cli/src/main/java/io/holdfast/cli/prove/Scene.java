package io.holdfast.cli.prove;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/// One broker with its clients, while a trial goes on.
final class Scene {
  private static final int ROUND_MILLIS_MAX = 5_000;

  private final TrialContext context;
  private final BrokerUnderTest broker;
  private final Clients clients;
  private Place place;
  private final long startNanos = System.nanoTime();
  private Restarts restarts = Restarts.NONE;

  /// @param place of the broker, which runs
  Scene(TrialContext context, BrokerUnderTest broker, Clients clients, Place place) {
    this.context = context;
    this.broker = broker;
    this.clients = clients;
    this.place = place;
  }

  BrokerUnderTest broker() {
    return broker;
  }

  Clients clients() {
    return clients;
  }

  Ledger ledger() {
    return clients.ledger();
  }

  /// Where the broker takes clients in now.
  Place place() {
    return place;
  }

  Restarts restarts() {
    return restarts;
  }

  Random random() {
    return context.random();
  }

  int rounds() {
    return context.rounds();
  }

  /// Whether there is another round, of which `done` are done: not after the last, and not when
  /// they take too long.
  boolean hasRound(int done, String what) {
    return hasRound(done, what, ROUND_MILLIS_MAX);
  }

  /// The same, where a round may take `millisMax` on the average.
  boolean hasRound(int done, String what, int millisMax) {
    progress(done, rounds(), what);
    long nanosMax = rounds() * (millisMax * 1_000_000L);
    if (done < rounds() && System.nanoTime() - startNanos > nanosMax) {
      ledger().remark("time was up after %d of %d rounds".formatted(done, rounds()));
      return false;
    }
    return done < rounds();
  }

  /// Where the broker has its files.
  Path dataFolder() throws IOException {
    return context.dataFolder();
  }

  void progress(int done, int all, String what) {
    context.progress().step(done, all, what);
  }

  /// Lets messages pass for some time below `millis`, and one at least.
  void letPass(int millis) throws BrokerException, InterruptedException {
    clients.awaitAcknowledged(1);
    broker.letRun(random().nextInt(millis));
  }

  /// Kills the broker and starts it again. Everybody has lost the connection, and waits.
  void crash() throws BrokerException, IOException, InterruptedException {
    crash(() -> {});
  }

  /// The same, and does `meanwhile` in between.
  void crash(Repair meanwhile) throws BrokerException, IOException, InterruptedException {
    place.expectLoss();
    broker.kill();
    meanwhile.run();
    start();
  }

  /// What is done to a broker's world while it is down.
  interface Repair {
    void run() throws IOException;
  }

  /// The same, and kills it once more when it has been starting for `millis`.
  void crashTwice(long millis) throws BrokerException, IOException, InterruptedException {
    place.expectLoss();
    broker.kill();
    broker.launch();
    broker.letRun(millis);
    broker.kill();
    start();
  }

  /// The broker has not ended, though that was expected. From now on it is to blame for a lost
  /// connection again, by those who are told to go to the place that it has then.
  void remains() {
    place = new Place(place.address());
  }

  private void start() throws BrokerException, IOException, InterruptedException {
    broker.launch();
    place = broker.awaitReady();
    restarts = restarts.plus(broker.startMillis());
  }
}
