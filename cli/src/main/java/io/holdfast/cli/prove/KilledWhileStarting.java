package io.holdfast.cli.prove;

import java.io.IOException;

/// The broker is killed under load, and once more before it has come up: while it reads what the
/// first kill has left, and at times a little later.
final class KilledWhileStarting extends StagedTrial {
  private static final int MILLIS_MAX = 500;

  @Override
  public String name() {
    return "kill -9 while starting";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY;
  }

  @Override
  void act(Scene scene) throws BrokerException, IOException, InterruptedException {
    for (int round = 0; scene.hasRound(round, "double kills"); round++) {
      scene.clients().consumersGoTo(scene.place());
      scene.clients().publishersGoTo(scene.place());
      scene.letPass(MILLIS_MAX);
      long usual = scene.broker().startMillis();
      scene.crashTwice(scene.random().nextLong(1 + usual * 11 / 10));
    }
  }
}
