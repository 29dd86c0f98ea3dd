package io.holdfast.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.holdfast.cli.Main;
import io.holdfast.cli.prove.TrialResult.Ran;
import io.holdfast.cli.prove.TrialResult.Row;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// This build's broker on disks that misbehave, a round or two of each trial; and one that does not
/// sync. Skipped, with the reason, where the machine can have no such disk.
@Tag("slow") // The broker is started some twenty times.
@Timeout(180)
class DiskTrialsTest {
  private static final Path DISK_SOURCE =
      Path.of("..", "log", "src", "main", "java", "io", "holdfast", "log", "disk", "FileDisk.java");

  /// As the command counts them: a disk trial takes a third of them or fewer.
  private static final int ROUNDS = 3;

  private static final String SYNC = "channel.force(false)";

  private @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> nothingAcknowledgedIsLost() {
    return Stream.of(
            new PowerCuts("power cut at rest", new KilledAtRest()),
            new PowerCuts("power cut under load", new KilledUnderLoad()),
            new PowerCuts("power cut at start", new KilledWhileStarting()),
            new PowerCuts("power cut, tidying up", new KilledTidyingUp()),
            FailingDiskTrial.readOnly())
        .map(trial -> DynamicTest.dynamicTest(trial.name(), () -> nothingIsLost(trial)));
  }

  private void nothingIsLost(Trial trial) throws Exception {
    Ran ran = run(trial, new OwnChoice("Holdfast", Main.class), ROUNDS);
    System.out.printf("%s: %s%n", trial.name(), ran.rows());
    for (Row row : ran.rows()) {
      assertTrue(row.tally().acknowledged() > 0, row::toString);
      assertTrue(row.tally().isClean(), row::toString);
    }
    assertEquals(List.of(), ran.remarks());
  }

  /// In one round it goes on throughout, in the other it is killed on the full disk.
  @Test
  void aFullDiskEndsNothingButPublishingUntilThereIsRoomAgain() throws Exception {
    Ran ran = run(FailingDiskTrial.full(), new OwnChoice("Holdfast", Main.class), 10);
    System.out.printf("full disk: %s, %s%n", ran.rows(), ran.remarks());
    for (Row row : ran.rows()) {
      assertTrue(row.tally().acknowledged() > 0, row::toString);
      assertTrue(row.tally().isClean(), row::toString);
      assertEquals(1, row.restarts().millis().size(), "it was started anew where it was killed");
    }
    assertEquals(
        List.of(),
        ran.remarks().stream().filter(remark -> !remark.contains("were refused")).toList());
  }

  @Test
  void aBrokerThatDoesNotSyncIsCaught() throws Exception {
    Ran ran =
        run(
            new PowerCuts("power cut at rest", new KilledAtRest()),
            CommandChoice.of(commandWithoutSync(), OptionalInt.empty()),
            1);
    for (Row row : ran.rows()) {
      assertNotEquals(0, row.tally().lost(), row::toString);
    }
  }

  private Ran run(Trial trial, BrokerChoice broker, int rounds) throws Exception {
    TrialResult result;
    try (Cleanup cleanup = new Cleanup()) {
      Path own = Files.createTempDirectory(folder, "trial");
      result =
          trial.run(
              new TrialContext(
                  broker, own, "t", rounds, new Random(1), (done, all, what) -> {}, cleanup));
    }
    assumeFalse(
        result instanceof TrialResult.Skipped,
        () -> "%s is skipped: %s".formatted(trial.name(), result));
    return assertInstanceOf(Ran.class, result);
  }

  /// This build with another disk before it on the class path.
  private String commandWithoutSync() throws IOException {
    String source = Files.readString(DISK_SOURCE);
    assertTrue(source.contains(SYNC), "this test does not know any more where the sync is");
    Path changed = folder.resolve("FileDisk.java");
    Files.writeString(changed, source.replace(SYNC, "{}"));
    Path classes = Files.createDirectory(folder.resolve("classes"));
    String classPath = System.getProperty("java.class.path");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                classPath,
                "-proc:none",
                "-d",
                classes.toString(),
                changed.toString());
    assertEquals(0, status, "it does not compile");
    return "'%s' -cp '%s' %s broker -p {port} --data {data}"
        .formatted(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            classes + File.pathSeparator + classPath,
            Main.class.getName());
  }
}
