package io.holdfast.cli.prove;

import io.holdfast.cli.prove.disk.FullDisk;
import java.io.IOException;

/// The disk fills up while messages pass. The broker may refuse what it has no room for, or not
/// acknowledge it.
///
/// Where it goes on, in every other round the consumers, who were away, come for what waits; then
/// there is room again, and publishing has to go on without anybody's help. In the rounds between
/// them the consumers are there all the time, and the broker is killed on the full disk.
///
/// Where it ends, or does not go on publishing, there is room again, and it is started anew.
final class DiskFills extends StagedTrial {
  /// A round waits for the disk to fill up, for what waits to be delivered, and for an answer.
  private static final int ROUND_MILLIS_MAX = 20_000;

  private static final int BEFORE_MILLIS_MAX = 500;
  private static final int FILLING_MILLIS = 5_000;
  private static final int SILENCE_MILLIS = 2_000;
  private static final int STEP_MILLIS = 20;
  private static final int DRAIN_SILENCE_MILLIS = 5_000;
  private static final int DRAIN_MILLIS = 30_000;

  /// Of a publisher that waits for an answer, once there is room again.
  private static final int ANSWER_MILLIS = 15_000;

  /// So many messages more are to be acknowledged then.
  private static final int AFTERWARDS = 100;

  private static final int AFTERWARDS_MILLIS = 15_000;

  /// Most of what passes is in large messages, so that room that a broker has taken in advance does
  /// not last long.
  private static final int LARGE_ONE_IN = 2;

  private final FullDisk disk;

  DiskFills(FullDisk disk) {
    this.disk = disk;
  }

  @Override
  public String name() {
    return "full disk";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY.withLargeOneIn(LARGE_ONE_IN);
  }

  @Override
  void act(Scene scene) throws BrokerException, IOException, InterruptedException {
    for (int round = 0; scene.hasRound(round, "fillings", ROUND_MILLIS_MAX); round++) {
      boolean areAway = round % 2 == 0;
      if (areAway) {
        scene.clients().consumersStayAway();
      } else {
        scene.clients().consumersGoTo(scene.place());
      }
      scene.clients().publishersGoTo(scene.place());
      scene.letPass(BEFORE_MILLIS_MAX);
      scene.place().expectLoss();
      disk.fail();
      if (!letFill(scene) || !areAway || !drain(scene) || !goOn(scene)) {
        scene.crash(disk::mend);
      }
    }
  }

  /// Until nothing more is acknowledged, or time is over. False where the broker has ended.
  private static boolean letFill(Scene scene) throws InterruptedException {
    long startNanos = System.nanoTime();
    long changedNanos = startNanos;
    long acknowledged = scene.ledger().acknowledged();
    while (millisSince(startNanos) < FILLING_MILLIS && millisSince(changedNanos) < SILENCE_MILLIS) {
      if (!runs(scene, STEP_MILLIS)) {
        return false;
      }
      if (scene.ledger().acknowledged() > acknowledged) {
        acknowledged = scene.ledger().acknowledged();
        changedNanos = System.nanoTime();
      }
    }
    return true;
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private static boolean runs(Scene scene, long millis) throws InterruptedException {
    try {
      scene.broker().letRun(millis);
      return true;
    } catch (BrokerException ended) {
      return false;
    }
  }

  /// The consumers come for what waits. False where the broker has ended.
  private static boolean drain(Scene scene) throws InterruptedException {
    scene.clients().endAfter(0);
    scene.clients().consumersGoTo(scene.place());
    boolean isDrained = scene.ledger().awaitArrivedOrSilence(DRAIN_SILENCE_MILLIS, DRAIN_MILLIS);
    if (!runs(scene, STEP_MILLIS)) {
      return false;
    }
    if (!isDrained) {
      scene.ledger().violation("while the disk is full, not all that waits is delivered");
    }
    return true;
  }

  /// There is room again. False where the broker does not go on as before.
  private boolean goOn(Scene scene) throws IOException, InterruptedException {
    Clients clients = scene.clients();
    disk.mend();
    clients.publishersGoTo(scene.place());
    boolean isAnswered = clients.awaitAnswers(ANSWER_MILLIS);
    clients.endAfter(Integer.MAX_VALUE);
    clients.publishersGoTo(scene.place());
    long until = scene.ledger().acknowledged() + AFTERWARDS;
    if (!isAnswered || !scene.ledger().awaitAcknowledged(until, AFTERWARDS_MILLIS)) {
      if (runs(scene, STEP_MILLIS)) {
        scene.ledger().violation("publishing does not go on, though there is room again");
      }
      return false;
    }
    scene.remains();
    clients.publishersGoTo(scene.place());
    clients.consumersGoTo(scene.place());
    return true;
  }
}
