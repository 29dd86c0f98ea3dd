package io.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.AuditedQueue;
import io.holdfast.core.AuditedQueue.Kind;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.server.audit.LogAudit;
import io.holdfast.server.audit.LogAudit.Beginning;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// `holdfast log audit` as its user meets it.
@Timeout(120)
class LogAuditCommandTest {
  private static final Beginning OLDER = new Beginning(Optional.of("0000000001.snapshot"), 4096);
  private static final Beginning NEWEST = new Beginning(Optional.of("0000000002.snapshot"), 8192);
  private static final AuditedQueue ALICE =
      new AuditedQueue(
          Kind.SESSION, "alice", new QueueAccount(1234, 1200, 20, 5, 4, 3, 2, 0, 0, 9), List.of());

  private @TempDir Path folder;

  private RunningBroker audit(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("log", "audit"));
    all.addAll(List.of(arguments));
    return RunningBroker.start(all.toArray(String[]::new));
  }

  @Test
  void aTableSaysWhatEachQueueAccountsFor() {
    assertEquals(
        List.of(
            "queue of  accepted  handled  waiting  expired  too large  refused  session ended  returned  displaced    law  full",
            "alice        1,234    1,200       20        5          4        3              2         0          0  holds     9",
            "",
            "Recomputed from 0000000001.snapshot on, 1 record.",
            "Compared with 0000000002.snapshot and with what a start makes of it.",
            "The law holds for 1 queue."),
        AuditTable.lines(new LogAudit(OLDER, NEWEST, 1, List.of(ALICE))));
  }

  @Test
  void aTableSaysByHowMuchALawDoesNotHold() {
    AuditedQueue missing =
        new AuditedQueue(
            Kind.SHARED,
            "$share/g/\u001b[2J",
            new QueueAccount(10, 3, 4, 0, 0, 0, 0, 1, 0, 0),
            List.of("the newest snapshot says handled 4, the records before it make it 3"));
    AuditedQueue tooMany =
        new AuditedQueue(
            Kind.SESSION, "bob", new QueueAccount(1, 2, 0, 0, 0, 0, 0, 0, 0, 0), List.of());
    List<String> lines =
        AuditTable.lines(new LogAudit(NEWEST, NEWEST, 2000, List.of(ALICE, tooMany, missing)));
    assertTrue(lines.get(2).endsWith("  1 TOO MANY     0"), lines.get(2));
    assertTrue(lines.get(3).startsWith("$share/g/?[2J "), lines.get(3));
    assertTrue(lines.get(3).endsWith("   2 MISSING     0"), lines.get(3));
    assertEquals(
        List.of(
            "    the newest snapshot says handled 4, the records before it make it 3",
            "",
            "Recomputed from 0000000002.snapshot on, 2,000 records.",
            "There is no older snapshot to compare it with.",
            "The law does NOT hold for 2 of 3 queues."),
        lines.subList(4, lines.size()));
  }

  @Test
  void machinesReadAnObject() throws IOException {
    assertEquals(
        "{\"holds\":true,\"from\":{\"position\":0},"
            + "\"newest\":{\"snapshot\":\"0000000002.snapshot\",\"position\":8192},\"records\":7,"
            + "\"queues\":[{\"kind\":\"session\",\"owner\":\"alice\",\"accepted\":1234,"
            + "\"handled\":1200,\"waiting\":20,\"expired\":5,\"tooLarge\":4,\"refused\":3,"
            + "\"sessionEnded\":2,\"returned\":0,\"displaced\":0,\"missing\":0,\"full\":9,\"holds\":true,"
            + "\"differences\":[]}]}",
        AuditJson.text(
            new LogAudit(new Beginning(Optional.empty(), 0), NEWEST, 7, List.of(ALICE))));
  }

  @Test
  void theStatusTellsWhatWasFound() throws Exception {
    try (RunningBroker broker =
        RunningBroker.start("broker", "-p", "0", "--data", folder.toString())) {
      broker.awaitLine("The data are in");
      try (RunningBroker audit = audit(folder.toString())) {
        String said = String.join("\n", audit.awaitEnd());
        assertEquals(ExitStatus.NOT_AUDITED, audit.status(), said);
        assertTrue(said.contains("is in use by another Holdfast."), said);
      }
    }
    try (RunningBroker audit = audit(folder.toString())) {
      List<String> said = audit.awaitEnd();
      assertEquals(ExitStatus.OK, audit.status(), said::toString);
      assertEquals("There is no durable queue.", said.getLast());
    }
    Files.write(folder.resolve("0000000001.snapshot"), new byte[100]);
    try (RunningBroker audit = audit(folder.toString(), "--json")) {
      String said = String.join("\n", audit.awaitEnd());
      assertEquals(ExitStatus.DAMAGED, audit.status(), said);
      assertTrue(
          said.contains("0000000001.snapshot in %s is damaged at offset 0".formatted(folder)),
          said);
    }
    try (RunningBroker audit = audit(folder.resolve("nowhere").toString())) {
      String said = String.join("\n", audit.awaitEnd());
      assertEquals(ExitStatus.NOT_AUDITED, audit.status(), said);
      assertTrue(said.endsWith("nowhere is not there."), said);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"log", "log audit", "log audit a b", "log other", "log audit --what a"})
  void aWrongCommandLineIsTwo(String line) {
    StringWriter said = new StringWriter();
    CommandLine program = new CommandLine(new Main()).setErr(new PrintWriter(said, true));
    assertEquals(ExitStatus.USAGE, program.execute(line.split(" ")), said::toString);
    assertTrue(said.toString().contains("Usage: holdfast log"), said::toString);
  }
}
