package io.holdfast.cli.prove;

import java.io.IOException;

/// The broker is killed at random moments while messages pass, with everybody online.
final class KilledUnderLoad extends StagedTrial {
  private static final int MILLIS_MAX = 1_000;

  @Override
  public String name() {
    return "kill -9 under load";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY;
  }

  @Override
  void act(Scene scene) throws BrokerException, IOException, InterruptedException {
    for (int round = 0; scene.hasRound(round, "kills"); round++) {
      scene.clients().consumersGoTo(scene.place());
      scene.clients().publishersGoTo(scene.place());
      scene.letPass(MILLIS_MAX);
      scene.crash();
    }
  }
}
