package io.holdfast.cli.prove;

import io.holdfast.cli.prove.disk.ReadOnlyDisk;
import java.io.IOException;

/// The disk turns read-only while messages pass. The broker may end, or go on as long as it wants;
/// then it is killed, the disk is mended, and it is started again. The consumers are there in every
/// second round only.
final class DiskFails extends StagedTrial {
  private static final int BEFORE_MILLIS_MAX = 500;
  private static final int AFTER_MILLIS = 5_000;
  private static final int SILENCE_MILLIS = 2_000;
  private static final int STEP_MILLIS = 20;
  private static final int LARGE_ONE_IN = 2;

  private final ReadOnlyDisk disk;

  DiskFails(ReadOnlyDisk disk) {
    this.disk = disk;
  }

  @Override
  public String name() {
    return "read-only disk";
  }

  @Override
  Cast cast() {
    return Cast.ORDINARY.withLargeOneIn(LARGE_ONE_IN);
  }

  @Override
  void act(Scene scene) throws BrokerException, IOException, InterruptedException {
    for (int round = 0; scene.hasRound(round, "failures"); round++) {
      if (round % 2 == 0) {
        scene.clients().consumersStayAway();
      } else {
        scene.clients().consumersGoTo(scene.place());
      }
      scene.clients().publishersGoTo(scene.place());
      scene.letPass(BEFORE_MILLIS_MAX);
      scene.place().expectLoss();
      disk.fail();
      letGoOn(scene);
      scene.crash(disk::mend);
    }
  }

  /// Until the broker ends, nothing gets on any more, or time is over.
  private static void letGoOn(Scene scene) throws InterruptedException {
    long deadline = System.nanoTime() + AFTER_MILLIS * 1_000_000L;
    try {
      while (System.nanoTime() < deadline && scene.ledger().silentMillis() < SILENCE_MILLIS) {
        scene.broker().letRun(STEP_MILLIS);
      }
    } catch (BrokerException ended) {
      // As it may.
    }
  }
}
