package io.holdfast.server.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path folder;

  @Test
  void aFolderIsMadeWithItsParentsAndStays() throws Exception {
    Path data = folder.resolve("a/b");
    try (DataFolder taken = DataFolder.open(data)) {
      assertEquals(data.toRealPath(), taken.path());
    }
    assertTrue(Files.isDirectory(data));
  }

  @Test
  void aSecondStartInThisProcessIsRefusedUntilTheFirstEnds() throws Exception {
    try (DataFolder taken = DataFolder.open(folder)) {
      assertEquals(
          "The data folder %s is in use by another Holdfast. Stop that one, or choose another with"
                  .formatted(folder)
              + " --data.",
          assertThrows(DataFolderException.class, () -> DataFolder.open(folder)).getMessage());
      assertThrows(
          DataFolderException.class,
          () -> DataFolder.open(taken.path().resolve("../" + folder.getFileName())));
    }
    DataFolder.open(folder).close();
  }

  @Test
  void aRefusedSecondStartDoesNotLoosenTheFirstOnesLock() throws Exception {
    try (DataFolder taken = DataFolder.open(folder)) {
      assertEquals("refused", otherProcess());
      assertThrows(DataFolderException.class, () -> DataFolder.open(folder));
      assertEquals("refused", otherProcess());
      assertTrue(Files.exists(taken.path()));
    }
    assertEquals("taken", otherProcess());
  }

  private String otherProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Other.class.getName(),
                    folder.toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  /// Another process that tries to take the folder.
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) {
      try (DataFolder taken = DataFolder.open(Path.of(arguments[0]))) {
        System.out.println(taken.path().isAbsolute() ? "taken" : "lost");
      } catch (DataFolderException e) {
        System.out.println("refused");
      }
    }
  }

  @Test
  void whoOnlyReadsLetsNoBrokerStartAndLeavesNothingBehind() throws Exception {
    DataFolder.open(folder).close();
    try (DataFolder read = DataFolder.openForReading(folder)) {
      assertEquals("refused", otherProcess());
      read.checkStillAlone();
    }
    assertEquals("taken", otherProcess());
    Files.delete(folder.resolve("holdfast.lock"));
    DataFolder.openForReading(folder).close();
    assertEquals(0, folder.toFile().list().length);
  }

  @Test
  void whoReadsWhereNoBrokerEverWasHearsOfOneThatCame() throws Exception {
    try (DataFolder read = DataFolder.openForReading(folder)) {
      read.checkStillAlone();
      assertEquals("taken", otherProcess());
      assertThrows(DataFolderException.class, read::checkStillAlone);
    }
  }

  @Test
  void aLinkThatLeadsNowhereIsNamed() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("unmounted/data"));
    assertEquals(
        "The data folder %s cannot be made: it is a link to something that is not there."
            .formatted(link),
        assertThrows(DataFolderException.class, () -> DataFolder.open(link)).getMessage());
  }

  @Test
  void aFileInTheWayIsNamed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals(
        "The data folder %s cannot be made: a file of that name is in the way.".formatted(file),
        assertThrows(DataFolderException.class, () -> DataFolder.open(file)).getMessage());
    String below =
        assertThrows(DataFolderException.class, () -> DataFolder.open(file.resolve("x")))
            .getMessage();
    assertTrue(below.startsWith("The data folder " + file + "/x cannot be made: "), below);
  }

  @Test
  void mosquittosOwnStoreIsSeen() throws Exception {
    Files.createFile(folder.resolve("mosquitto.db"));
    assertTrue(DataFolder.holdsMosquittoStore(folder, "mosquitto.db"));
    assertFalse(DataFolder.holdsMosquittoStore(folder, "other.db"));
  }
}
