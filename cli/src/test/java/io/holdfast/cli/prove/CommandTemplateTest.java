package io.holdfast.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a user says which broker is to be tried.
class CommandTemplateTest {
  private @TempDir Path folder;

  @Test
  void wordsAreSplitAsAShellDoes() {
    assertEquals(
        List.of("a", "b c", "d \"e\"", "f g", "h'i", "", "\\"),
        CommandTemplate.parse("  a 'b c' \"d \\\"e\\\"\"  f\\ g h\\'i '' '\\' ").words());
  }

  @Test
  void whatIsNoCommandIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> CommandTemplate.parse(" "));
    assertThrows(IllegalArgumentException.class, () -> CommandTemplate.parse("a 'b"));
  }

  @Test
  void portAndDataAreFilledIntoTheCommand() throws Exception {
    CommandTemplate template = CommandTemplate.parse("broker -p {port} --data={data}/x");
    assertTrue(template.mentions("{port}"));
    assertEquals(
        List.of("broker", "-p", "1234", "--data=/d/x"), template.fill(1234, Path.of("/d"), folder));
  }

  @Test
  void andIntoACopyOfTheFileThatItNames() throws Exception {
    Path file = Files.writeString(folder.resolve("a.conf"), "listener {port}\nat {data}/\n");
    Path copies = Files.createDirectory(folder.resolve("copies"));
    CommandTemplate template = CommandTemplate.parse("mosquitto -v -c " + file);
    assertTrue(template.mentions("{data}"));
    List<String> filled = template.fill(1234, Path.of("/d"), copies);
    assertEquals(List.of("mosquitto", "-v", "-c", copies.resolve("3-a.conf").toString()), filled);
    assertEquals("listener 1234\nat /d/\n", Files.readString(Path.of(filled.getLast())));
    assertEquals("listener {port}\nat {data}/\n", Files.readString(file));
  }

  @Test
  void aFileWithoutEitherIsTheUsersOwn() throws Exception {
    Path file = Files.writeString(folder.resolve("a.conf"), "listener 1883\n");
    CommandTemplate template = CommandTemplate.parse("mosquitto -c " + file);
    assertFalse(template.mentions("{port}"));
    assertEquals(
        List.of("mosquitto", "-c", file.toString()), template.fill(1, Path.of("/d"), folder));
  }

  @Test
  void whereItListensHasToBeKnownOnce() throws Exception {
    assertThrows(
        IllegalArgumentException.class,
        () -> CommandChoice.of("mosquitto -p 1883", OptionalInt.empty()));
    assertThrows(
        IllegalArgumentException.class,
        () -> CommandChoice.of("mosquitto -p {port}", OptionalInt.of(1883)));
    assertTrue(
        CommandChoice.of("mosquitto -p 1883", OptionalInt.of(1883))
            .whyNotOnDataOfATrial()
            .isPresent());
    assertFalse(
        CommandChoice.of("broker -p {port} --data {data}", OptionalInt.empty())
            .whyNotOnDataOfATrial()
            .isPresent());
  }
}
