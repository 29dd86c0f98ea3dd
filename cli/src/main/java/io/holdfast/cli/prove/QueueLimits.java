package io.holdfast.cli.prove;

import java.io.IOException;

/// More messages than many a broker's limit wait for consumers that are away. A full queue may
/// refuse what comes, or hold up who sends it; what was acknowledged may not be dropped.
final class QueueLimits extends StagedTrial {
  private static final int MESSAGES_OF_EACH = 2_000;
  private static final int SILENCE_MILLIS = 5_000;

  @Override
  public String name() {
    return "queue limits";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY.withSmallMessages();
  }

  @Override
  void act(Scene scene) throws IOException, InterruptedException {
    scene.clients().consumersStayAway();
    scene.clients().endAfter(MESSAGES_OF_EACH);
    scene.progress(0, 1, "8000 messages wait");
    scene.clients().publishersGoTo(scene.place());
    scene.clients().awaitAnswers(SILENCE_MILLIS);
  }
}
