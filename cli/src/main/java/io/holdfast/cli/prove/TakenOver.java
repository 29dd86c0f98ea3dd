package io.holdfast.cli.prove;

import java.io.IOException;

/// Each consumer is connected anew under its client identifier while its old connection is still in
/// use, back and forth, under load: the broker has to end the old one, and to give what was under
/// way there to the new one.
final class TakenOver extends StagedTrial {
  private static final int TAKE_OVERS_A_ROUND = 5;
  private static final int PAUSE_MILLIS_MAX = 160;

  @Override
  public String name() {
    return "take over";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY;
  }

  @Override
  void act(Scene scene) throws BrokerException, IOException, InterruptedException {
    scene.clients().publishersGoTo(scene.place());
    int all = scene.rounds() * TAKE_OVERS_A_ROUND;
    for (int done = 0; done < all; done++) {
      scene.progress(done, all, "times");
      scene.clients().awaitAcknowledged(1);
      scene.broker().letRun(scene.random().nextInt(PAUSE_MILLIS_MAX));
      for (ConsumingClient consumer : scene.clients().consumers()) {
        consumer.takeOver(scene.place());
      }
    }
  }
}
