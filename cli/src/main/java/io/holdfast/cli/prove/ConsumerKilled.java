package io.holdfast.cli.prove;

/// Consumers die again and again when they have been given a message and have not acknowledged it.
/// They have to get it again. At QoS 2 they still know when they come back what they had stored, as
/// MQTT asks of them.
final class ConsumerKilled extends StagedTrial {
  private static final int DIES_ONE_IN = 100;
  private static final int ROUND_MILLIS = 400;

  @Override
  public String name() {
    return "consumer killed";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY.withDyingConsumers(DIES_ONE_IN);
  }

  @Override
  void act(Scene scene) throws BrokerException, InterruptedException {
    scene.clients().publishersGoTo(scene.place());
    for (int round = 0; scene.hasRound(round, "rounds"); round++) {
      scene.clients().awaitAcknowledged(1);
      scene.broker().letRun(ROUND_MILLIS);
    }
  }
}
