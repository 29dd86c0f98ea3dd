package io.holdfast.cli.prove;

import java.io.IOException;

/// The consumers are away while tens of thousands of messages gather, and the broker is killed
/// meanwhile. Then they come, and the broker is killed again while they take what waited.
///
/// Where a broker takes long for each message, time ends the gathering.
final class ConsumerAway extends StagedTrial {
  private static final int MESSAGES = 30_000;
  private static final int SECONDS = 30;
  private static final int KILLS = 4;
  private static final int DRAINING_MILLIS_MAX = 500;

  @Override
  public String name() {
    return "consumer away";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY.withSmallMessages();
  }

  @Override
  void act(Scene scene) throws BrokerException, IOException, InterruptedException {
    scene.clients().consumersStayAway();
    scene.clients().publishersGoTo(scene.place());
    long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
    for (int kill = 0; kill < KILLS; kill++) {
      gather(scene, (long) MESSAGES * (kill + 1) / KILLS, deadline);
      scene.crash();
      scene.clients().publishersGoTo(scene.place());
    }
    scene.clients().endAfter(0);
    scene.clients().consumersGoTo(scene.place());
    scene.broker().letRun(scene.random().nextInt(DRAINING_MILLIS_MAX));
    scene.crash();
  }

  private static void gather(Scene scene, long until, long deadline)
      throws BrokerException, InterruptedException {
    scene.clients().awaitAcknowledged(1);
    while (scene.ledger().acknowledged() < until && System.nanoTime() < deadline) {
      scene.progress((int) scene.ledger().acknowledged(), MESSAGES, "messages wait");
      scene.ledger().awaitAcknowledged(until, 200);
    }
    scene.broker().letRun(scene.random().nextInt(20));
  }
}
