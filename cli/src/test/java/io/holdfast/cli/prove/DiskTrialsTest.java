package io.holdfast.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.holdfast.cli.Main;
import io.holdfast.cli.prove.TrialResult.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// This build's broker on disks that misbehave, a round or two of each trial. Skipped, with the
/// reason, where the machine can have no such disk.
@Tag("slow") // The broker is started some twenty times.
@Timeout(180)
class DiskTrialsTest {
  private @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> nothingAcknowledgedIsLost() {
    return Stream.of(
            new PowerCuts("power cut, all answered", new LastAcknowledgement()),
            new PowerCuts("power cut under load", new KilledUnderLoad()),
            new PowerCuts("power cut while starting", new KilledWhileStarting()),
            new PowerCuts("power cut, housekeeping", new KilledInHousekeeping()),
            FailingDiskTrial.full(),
            FailingDiskTrial.readOnly())
        .map(trial -> DynamicTest.dynamicTest(trial.name(), () -> nothingIsLost(trial)));
  }

  private void nothingIsLost(Trial trial) throws Exception {
    TrialResult result;
    try (Cleanup cleanup = new Cleanup()) {
      Path own = Files.createDirectory(folder.resolve(trial.name().replaceAll("\\W", "")));
      result =
          trial.run(
              new TrialContext(
                  new OwnChoice("Holdfast", Main.class),
                  own,
                  "t",
                  2,
                  new Random(1),
                  (done, all, what) -> {},
                  cleanup));
    }
    assumeFalse(
        result instanceof TrialResult.Skipped,
        () -> "%s is skipped: %s".formatted(trial.name(), result));
    TrialResult.Ran ran = assertInstanceOf(TrialResult.Ran.class, result);
    for (Row row : ran.rows()) {
      assertTrue(row.tally().acknowledged() > 0, row::toString);
      assertTrue(row.tally().isClean(), row::toString);
    }
    assertEquals(List.of(), ran.remarks());
    System.out.println(trial.name() + ": " + ran);
  }
}
