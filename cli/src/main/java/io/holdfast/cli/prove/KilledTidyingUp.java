package io.holdfast.cli.prove;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/// So much passes through the broker that it has to tidy up, and it is killed while it does: when
/// it makes, renames or deletes one of its files, and a moment later.
final class KilledTidyingUp extends StagedTrial {
  private static final int CHANGES_MAX = 3;
  private static final int SECONDS_MAX = 6;
  private static final int MOMENT_MILLIS_MAX = 8;

  /// Most of what passes is in large messages.
  private static final int LARGE_ONE_IN = 3;

  @Override
  public String name() {
    return "kill -9, tidying up";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY.withLargeOneIn(LARGE_ONE_IN);
  }

  @Override
  void act(Scene scene) throws BrokerException, IOException, InterruptedException {
    for (int round = 0; scene.hasRound(round, "kills"); round++) {
      scene.clients().consumersGoTo(scene.place());
      scene.clients().publishersGoTo(scene.place());
      scene.clients().awaitAcknowledged(1);
      // Anew each time: what is mounted there is another disk after a power cut.
      try (WatchService watch = FileSystems.getDefault().newWatchService()) {
        scene
            .dataFolder()
            .register(
                watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
        awaitChanges(watch, 1 + scene.random().nextInt(CHANGES_MAX));
      }
      scene.broker().letRun(scene.random().nextInt(MOMENT_MILLIS_MAX));
      scene.crash();
    }
  }

  /// A broker that keeps the files that it has is killed in the end too.
  private static void awaitChanges(WatchService watch, int changes) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    for (int seen = 0; seen < changes; ) {
      WatchKey key = watch.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (key == null) {
        return;
      }
      seen += key.pollEvents().size();
      key.reset();
    }
  }
}
