package io.holdfast.cli.prove;

/// Publishers die again and again when they have sent something and have not heard the answer. They
/// send it once more when they come back, with DUP. At QoS 2 it may still come only once.
final class ProducerKilled extends StagedTrial {
  private static final int DIES_ONE_IN = 30;
  private static final int ROUND_MILLIS = 400;

  @Override
  public String name() {
    return "producer killed";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY.withDyingPublishers(DIES_ONE_IN);
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
