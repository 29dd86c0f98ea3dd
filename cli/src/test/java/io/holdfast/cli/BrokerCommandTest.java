package io.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The program as its user meets it: what it says, and with which status it ends.
@Timeout(60)
class BrokerCommandTest {
  @TempDir Path folder;

  private String data() {
    return folder.resolve("data").toString();
  }

  private Path configuration(String text) throws IOException {
    return Files.writeString(folder.resolve("mosquitto.conf"), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void itSaysWhereItIsAndStopsCleanlyWhenTold(String signal) throws Exception {
    RunningBroker.assumeHeeded(signal);
    try (RunningBroker broker = RunningBroker.start("broker", "-p", "0", "--data", data())) {
      assertTrue(broker.awaitLine("Listening on ").contains(" 127.0.0.1:"));
      broker.awaitLine("The data are in " + data());
      new ProcessBuilder("kill", "-" + signal, "" + broker.pid()).start().waitFor();
      assertEquals(0, broker.status(), () -> signal);
    }
  }

  @Test
  void aSecondStartOnTheSameFolderIsOneClearLine() throws Exception {
    try (RunningBroker first = RunningBroker.start("broker", "-p", "0", "--data", data())) {
      first.awaitLine("The data are in ");
      try (RunningBroker second = RunningBroker.start("broker", "-p", "0", "--data", data())) {
        List<String> said = second.awaitEnd();
        assertEquals(1, second.status());
        assertEquals(
            1,
            said.stream().filter(line -> line.contains(data() + " is in use by another")).count(),
            said::toString);
      }
    }
  }

  @Test
  void aRefusedStartLeavesTheFirstOnesPidFileAlone() throws Exception {
    Path pid = folder.resolve("holdfast.pid");
    String file = configuration("pid_file " + pid).toString();
    String[] arguments = {"broker", "-c", file, "-p", "0", "--data", data()};
    try (RunningBroker first = RunningBroker.start(arguments)) {
      first.awaitLine("The data are in ");
      try (RunningBroker second = RunningBroker.start(arguments)) {
        assertEquals(1, second.status());
      }
      assertEquals(first.pid() + "\n", Files.readString(pid));
    }
  }

  @Test
  void aPortThatIsTakenIsOneClearLine() throws Exception {
    try (RunningBroker first = RunningBroker.start("broker", "-p", "0", "--data", data())) {
      String port = "" + port(first.awaitLine("Listening on "));
      String other = folder.resolve("other").toString();
      try (RunningBroker second = RunningBroker.start("broker", "-p", port, "--data", other)) {
        List<String> said = second.awaitEnd();
        assertEquals(1, second.status());
        assertEquals(
            1,
            said.stream()
                .filter(text -> text.startsWith("holdfast: ") && text.contains(port))
                .count(),
            said::toString);
        assertTrue(said.stream().noneMatch(text -> text.contains("\tat ")), said::toString);
      }
    }
  }

  @Test
  void aMistakeInTheConfigurationIsOneClearLine() throws Exception {
    Path file = configuration("\nmax_keepalife 5\n");
    try (RunningBroker broker = RunningBroker.start("broker", "-c", file.toString())) {
      assertEquals(
          List.of(
              "holdfast: %s:2: max_keepalife 5: there is no such option; was max_keepalive meant?"
                  .formatted(file)),
          broker.awaitEnd());
      assertEquals(1, broker.status());
    }
  }

  @Test
  void debiansFileStartsUnchangedSaysWhereOnTheTerminalAndServesClients() throws Exception {
    Files.createDirectories(folder.resolve("conf.d"));
    Files.createDirectories(folder.resolve("lib"));
    Files.createFile(folder.resolve("lib/mosquitto.db"));
    Path file =
        configuration(
            """
            # Place your local configuration in /etc/mosquitto/conf.d/
            #
            # A full description of the configuration file is at
            # /usr/share/doc/mosquitto/examples/mosquitto.conf.example

            pid_file ROOT/run/mosquitto.pid

            persistence true
            persistence_location ROOT/lib/

            log_dest file ROOT/log/mosquitto.log

            include_dir ROOT/conf.d
            """
                .replace("ROOT", folder.toString()));
    Path pid = folder.resolve("run/mosquitto.pid");
    try (RunningBroker broker = RunningBroker.start("broker", "-c", file.toString(), "-p", "0")) {
      broker.awaitLine(
          folder + "/lib/mosquitto.db is Mosquitto's store. It is not imported, and not touched.");
      int port = port(broker.awaitLine("Listening on 127.0.0.1:"));
      broker.awaitLine("The data are in %s/lib.".formatted(folder));
      getsBackWhatItPublishes(port);
      assertEquals(broker.pid() + "\n", Files.readString(pid));
      broker.terminate();
      assertEquals(0, broker.status());
    }
    assertFalse(Files.exists(pid));
    List<String> log = Files.readAllLines(folder.resolve("log/mosquitto.log"));
    assertTrue(log.get(log.size() - 1).endsWith(": Holdfast has stopped."), log::toString);
    assertTrue(
        log.stream().anyMatch(line -> line.contains("everything is saved at once")), log::toString);
  }

  private static int port(String line) {
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1, line.length() - 1));
  }

  /// A client of MQTT 3.1.1 subscribes at QoS 1 and publishes there.
  private static void getsBackWhatItPublishes(int port) throws IOException {
    HexFormat hex = HexFormat.ofDelimiter(" ");
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(20_000);
      OutputStream out = client.getOutputStream();
      InputStream in = client.getInputStream();
      out.write(hex.parseHex("10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 61"));
      assertEquals("20 02 00 00", hex.formatHex(in.readNBytes(4)));
      out.write(hex.parseHex("82 06 00 01 00 01 74 01"));
      assertEquals("90 03 00 01 01", hex.formatHex(in.readNBytes(5)));
      out.write(hex.parseHex("32 06 00 01 74 00 02 78"));
      String acknowledged = "40 02 00 02";
      String message = "32 06 00 01 74 00 01 78";
      String answer = hex.formatHex(in.readNBytes(12));
      assertTrue(
          answer.equals(acknowledged + " " + message)
              || answer.equals(message + " " + acknowledged),
          answer);
    }
  }

  @Test
  void nothingKeptIsSaidLoudly() throws Exception {
    Path file = configuration("persistence false\nlog_type error\nlog_dest none");
    try (RunningBroker broker =
        RunningBroker.start("broker", "-c", file.toString(), "-p", "0", "--data", data())) {
      broker.awaitLine("holdfast: NOTHING IS KEPT");
      broker.awaitLine("The data are in memory only.");
      broker.terminate();
      assertEquals(0, broker.status());
    }
  }

  @Test
  void aPidFileThatCannotBeWrittenRefusesTheStart() throws Exception {
    Path file = configuration("pid_file " + folder);
    try (RunningBroker broker =
        RunningBroker.start("broker", "-c", file.toString(), "-p", "0", "--data", data())) {
      broker.awaitLine("holdfast: The pid file cannot be written: ");
      assertEquals(1, broker.status());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "brocker",
        "broker -p 70000",
        "broker -p x",
        "broker --daemon",
        "broker --data="
      })
  void aWrongCommandLineIsTwo(String line) throws Exception {
    try (RunningBroker program =
        RunningBroker.start(line.isEmpty() ? new String[0] : line.split(" ", -1))) {
      assertFalse(program.awaitEnd().isEmpty());
      assertEquals(2, program.status());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "broker --help", "broker --version"})
  void askingIsNoFailure(String line) throws Exception {
    try (RunningBroker program = RunningBroker.start(line.split(" ", -1))) {
      assertTrue(String.join("\n", program.awaitEnd()).contains("holdfast "));
      assertEquals(0, program.status());
    }
  }
}
