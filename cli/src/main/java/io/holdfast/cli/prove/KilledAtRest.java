package io.holdfast.cli.prove;

import java.io.IOException;

/// The broker is killed at once after the last of the acknowledgements. The consumers are away
/// then, and come for what waits in every second round.
final class KilledAtRest extends StagedTrial {
  private static final int MESSAGES_MAX = 250;
  private static final int ANSWER_MILLIS = 15_000;
  private static final int SILENCE_MILLIS = 1_000;
  private static final int DRAIN_MILLIS = 5_000;

  @Override
  public String name() {
    return "kill -9 at rest";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY;
  }

  @Override
  void act(Scene scene) throws BrokerException, IOException, InterruptedException {
    Clients clients = scene.clients();
    for (int round = 0; scene.hasRound(round, "kills"); round++) {
      if (round % 2 == 1) {
        clients.consumersGoTo(scene.place());
        scene.ledger().awaitArrivedOrSilence(SILENCE_MILLIS, DRAIN_MILLIS);
      }
      clients.consumersStayAway();
      clients.endAfter(1 + scene.random().nextInt(MESSAGES_MAX));
      clients.publishersGoTo(scene.place());
      if (!clients.awaitAnswers(ANSWER_MILLIS)) {
        throw new BrokerException("publishers wait for answers that do not come");
      }
      scene.crash();
    }
  }
}
