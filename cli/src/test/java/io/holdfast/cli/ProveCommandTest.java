package io.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// `holdfast prove` as its user meets it.
@Timeout(120)
class ProveCommandTest {
  private static final int KILLED = 128 + 9;
  private @TempDir Path folder;

  private RunningBroker prove(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("prove", "--data", folder.toString()));
    all.addAll(List.of(arguments));
    return RunningBroker.start(all.toArray(String[]::new));
  }

  private static String all(RunningBroker program) throws IOException {
    return String.join("\n", program.awaitEnd());
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  @Tag("slow") // Three brokers start, one after the other.
  void ourBrokerKeepsWhatItAcknowledged() throws Exception {
    try (RunningBroker prove =
        prove("--rounds", "2", "--seed", "5", "--trial", "kill -9 under load")) {
      String said = all(prove);
      assertEquals(0, prove.status(), said);
      assertTrue(said.contains(", 2 rounds, seed 5, "), said);
      assertTrue(said.contains("none was lost, duplicated or out of order."), said);
      assertEquals(List.of(), left());
    }
  }

  @Test
  @Tag("slow") // Three brokers start, one after the other, and what is lost is waited for.
  void aBrokerThatKeepsNothingIsFoundOut() throws Exception {
    Path file = Files.writeString(folder.resolve("forgetful.conf"), "persistence false\n");
    String broker =
        String.join(" ", RunningBroker.command(System.getProperty("java.class.path")))
            + " broker -p {port} -c "
            + file;
    try (RunningBroker prove =
        prove("--rounds", "1", "--trial", "consumer away", "--json", "--broker", broker)) {
      String said = all(prove);
      assertEquals(1, prove.status(), said);
      assertTrue(said.contains("\"verdict\":\"broken\""), said);
      assertFalse(said.contains("\"lost\":0"), said);
      assertEquals(List.of(file), left());
    }
  }

  @Test
  void aBrokerThatDoesNotStartIsNotJudged() throws Exception {
    try (RunningBroker prove =
        prove("--broker", "false", "--port", "1", "--trial", "take over", "--rounds", "1")) {
      String said = all(prove);
      assertEquals(3, prove.status(), said);
      assertTrue(
          said.contains("take over                SKIPPED: the broker does not start"), said);
      assertTrue(said.contains("Not run: take over."), said);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalLeavesNothingBehind(String signal) throws Exception {
    RunningBroker.assumeHeeded(signal);
    try (RunningBroker prove = prove("--trial", "kill -9 under load")) {
      prove.awaitLine("1 of 1: kill -9 under load");
      ProcessHandle broker = awaitChild(prove.pid());
      new ProcessBuilder("kill", "-" + signal, "" + prove.pid()).start().waitFor();
      String said = all(prove);
      assertTrue(prove.status() > 128 && prove.status() != KILLED, said);
      broker.onExit().get(10, TimeUnit.SECONDS);
      assertEquals(List.of(), left());
      assertFalse(said.contains("Exception"), said);
    }
  }

  private static ProcessHandle awaitChild(long pid) {
    ProcessHandle prove = ProcessHandle.of(pid).orElseThrow();
    while (prove.isAlive()) {
      List<ProcessHandle> children = prove.children().toList();
      if (!children.isEmpty()) {
        return children.getFirst();
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("it ended without a broker");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rounds 0",
        "--trial none",
        "--attach localhost:1883",
        "--restart x",
        "--attach localhost --restart x",
        "--attach localhost:1883 --restart x --broker y",
        "--port 1883",
        "--port 0 --broker x",
        "--broker x",
        "--broker {port} --port 1883",
        "--data /does/not/exist",
        "--seed x"
      })
  void aWrongCommandLineIsTwo(String line) {
    StringWriter said = new StringWriter();
    CommandLine program = new CommandLine(new Main()).setErr(new PrintWriter(said, true));
    List<String> arguments = new ArrayList<>(List.of("prove"));
    arguments.addAll(List.of(line.split(" ", -1)));
    assertEquals(2, program.execute(arguments.toArray(String[]::new)), said::toString);
    assertTrue(said.toString().contains(arguments.get(1)), said::toString);
  }
}
