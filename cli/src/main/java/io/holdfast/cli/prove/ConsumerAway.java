package io.holdfast.cli.prove;

import java.io.IOException;

/// The consumers are away while tens of thousands of messages gather, and the broker is killed
/// meanwhile. Then they come, and the broker is killed again while they take what waited.
///
/// Where a broker takes long for each message, time ends the gathering.
final class ConsumerAway extends StagedTrial {
  private static final int MESSAGES_A_ROUND = 2_000;
  private static final long NANOS_A_ROUND = 2_000_000_000L;
  private static final int ROUNDS_A_KILL = 4;
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
    long deadline = System.nanoTime() + scene.rounds() * NANOS_A_ROUND;
    for (int round = ROUNDS_A_KILL; round < scene.rounds(); round += ROUNDS_A_KILL) {
      gather(scene, round * MESSAGES_A_ROUND, deadline);
      scene.crash();
      scene.clients().publishersGoTo(scene.place());
    }
    gather(scene, scene.rounds() * MESSAGES_A_ROUND, deadline);
    scene.crash();
    scene.clients().endAfter(0);
    scene.clients().consumersGoTo(scene.place());
    scene.broker().letRun(scene.random().nextInt(DRAINING_MILLIS_MAX));
    scene.crash();
  }

  private static void gather(Scene scene, int until, long deadline)
      throws BrokerException, InterruptedException {
    scene.clients().awaitAcknowledged(1);
    while (scene.ledger().acknowledged() < until && System.nanoTime() < deadline) {
      int waiting = (int) scene.ledger().acknowledged();
      scene.progress(waiting, scene.rounds() * MESSAGES_A_ROUND, "messages wait");
      scene.ledger().awaitAcknowledged(until, 200);
    }
    scene.broker().letRun(scene.random().nextInt(20));
  }
}
