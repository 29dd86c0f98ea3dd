package io.holdfast.server.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerLogTest {
  private final AtomicLong now = new AtomicLong(1_700_000_000_999L);
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final List<String> lastResort = new ArrayList<>();

  private static LogSettings settings(Set<LogType> types) {
    return new LogSettings(List.of(), types, true, Optional.empty(), true);
  }

  private BrokerLog log(LogSettings settings, Outlet.Target target) {
    return new BrokerLog(
        settings, List.of(new Outlet("the test", target, lastResort::add)), now::get);
  }

  private BrokerLog log(LogSettings settings) {
    return log(settings, written::writeBytes);
  }

  private List<String> lines(BrokerLog log) {
    log.start();
    log.close();
    return written.toString(UTF_8).lines().toList();
  }

  @Test
  void eventsReadAsInMosquitto() {
    BrokerLog log = log(settings(EnumSet.allOf(LogType.class)));
    log.observe(new Event.Connected("abc", "127.0.0.1:40000", "p2, c1, k60"));
    log.observe(new Event.Subscribed("abc", "a/+", 2));
    log.observe(new Event.Unsubscribed("abc", "a/+"));
    log.observe(new Event.Disconnected("abc", "127.0.0.1:40000", ""));
    log.observe(new Event.Disconnected("abc", "127.0.0.1:40000", "exceeded timeout"));
    log.observe(new Event.Refused("", "127.0.0.1:40001", "the first packet is not CONNECT"));
    log.observe(new Event.Refused("abc", "127.0.0.1:40001", "no user is known here"));
    log.observe(new Event.Dropped("abc", Event.Reason.QUEUE_FULL, 1));
    log.observe(new Event.Dropped("abc", Event.Reason.SESSION_ENDED, 12));
    log.observe(new Event.Notice("one"));
    log.observe(new Event.Warning("two"));

    assertEquals(
        List.of(
            "1700000000: New client connected from 127.0.0.1:40000 as abc (p2, c1, k60).",
            "1700000000: abc 2 a/+",
            "1700000000: abc a/+",
            "1700000000: Client abc disconnected.",
            "1700000000: Client abc disconnected: exceeded timeout.",
            "1700000000: Connection from 127.0.0.1:40001 refused: the first packet is not CONNECT.",
            "1700000000: Client abc from 127.0.0.1:40001 refused: no user is known here.",
            "1700000000: 1 message for abc dropped: the queue is full (max_queued_messages).",
            "1700000000: 12 messages for abc dropped: the session ended.",
            "1700000000: one",
            "1700000000: two"),
        lines(log));
  }

  @Test
  void onlyTheWantedTypesAreWritten() {
    BrokerLog log = log(settings(EnumSet.of(LogType.WARNING, LogType.UNSUBSCRIBE)));
    log.error("e");
    log.warning("w");
    log.notice("n");
    log.information("i");
    log.observe(new Event.Subscribed("abc", "a", 0));
    log.observe(new Event.Unsubscribed("abc", "a"));
    log.observe(new Event.Dropped("abc", Event.Reason.EXPIRED, 1));

    assertEquals(List.of("1700000000: w", "1700000000: abc a"), lines(log));
  }

  @Test
  void comingAndGoingCanBeLeftOutButRefusalsStay() {
    BrokerLog log =
        log(new LogSettings(List.of(), LogSettings.usualTypes(), false, Optional.empty(), false));
    log.observe(new Event.Connected("abc", "127.0.0.1:40000", "p2, c1, k60"));
    log.observe(new Event.Disconnected("abc", "127.0.0.1:40000", ""));
    log.observe(new Event.Refused("abc", "127.0.0.1:40001", "why"));

    assertEquals(List.of("Client abc from 127.0.0.1:40001 refused: why."), lines(log));
  }

  @Test
  void theTimeIsWrittenAsToldOrNotAtAll() {
    Optional<TimestampFormat> format = TimestampFormat.of("%Y-%m-%dT%H:%M:%S", ZoneOffset.UTC);
    BrokerLog log = log(new LogSettings(List.of(), LogSettings.usualTypes(), true, format, true));
    log.notice("hello");
    assertEquals(List.of("2023-11-14T22:13:20: hello"), lines(log));
  }

  @Test
  void aClientCannotWriteLinesOfItsOwn() {
    BrokerLog log = log(settings(EnumSet.allOf(LogType.class)));
    log.observe(new Event.Subscribed("a\n1700000000: forged\u001b[2J", "caf\u00e9", 0));
    assertEquals(
        List.of("1700000000: a\\u000a1700000000: forged\\u001b[2J 0 caf\u00e9"), lines(log));
  }

  @Test
  void aFloodOfDropsIsOneLineAMinute() {
    BrokerLog log = log(settings(EnumSet.of(LogType.NOTICE)));
    for (int i = 0; i < 500; i++) {
      log.observe(new Event.Dropped("abc", Event.Reason.SLOW_RECEIVER, 1));
    }
    now.addAndGet(60_000);
    log.observe(new Event.Dropped("abc", Event.Reason.SLOW_RECEIVER, 1));
    log.observe(new Event.Dropped("abc", Event.Reason.SLOW_RECEIVER, 3));

    String end = " messages for abc dropped: QoS 0, and the client reads too slowly.";
    assertEquals(
        List.of(
            "1700000000: 1 message for abc dropped: QoS 0, and the client reads too slowly.",
            "1700000060: 500" + end,
            "1700000060: 3" + end),
        lines(log));
  }

  @Test
  void aStuckDestinationHoldsNobodyUp() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    BrokerLog log =
        log(
            new LogSettings(List.of(), LogSettings.usualTypes(), false, Optional.empty(), true),
            bytes -> {
              stuck.countDown();
              await(released);
              written.writeBytes(bytes);
            });
    log.start();
    log.notice("first");
    assertTrue(stuck.await(30, TimeUnit.SECONDS), "the first line is being written");
    for (int i = 0; i < LineWriter.LINES_MAX + 7; i++) {
      log.notice("more");
    }
    released.countDown();
    log.close();

    List<String> lines = written.toString(UTF_8).lines().toList();
    assertEquals("first", lines.get(0));
    assertEquals(LineWriter.LINES_MAX, lines.stream().filter("more"::equals).count());
    assertTrue(
        lines.contains("7 lines came too fast for the log and are missing here.")
            || lines.contains("8 lines came too fast for the log and are missing here."),
        "the closing mark may have found no room either");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS), "the test lets go");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aFailureIsSaidOnceAndHowManyLinesItCost() {
    List<String> answers = new ArrayList<>(List.of("no space left", "no space left", ""));
    Outlet outlet =
        new Outlet(
            "/var/log/x",
            bytes -> {
              String answer = answers.remove(0);
              if (!answer.isEmpty()) {
                throw new IOException(answer);
              }
            },
            lastResort::add);

    assertEquals(0, outlet.write(new byte[] {1}, 3));
    assertEquals(0, outlet.write(new byte[] {1}, 4));
    assertEquals(7, outlet.write(new byte[] {1}, 1));
    assertEquals(
        List.of("Holdfast cannot write its log to /var/log/x: no space left. It goes on without."),
        lastResort);
  }

  @Test
  void aFileIsMadeWithItsFolderAndAppendedTo(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("log/holdfast.log");
    LogSettings settings =
        new LogSettings(
            List.of(new LogDestination.ToFile(file)),
            LogSettings.usualTypes(),
            false,
            Optional.empty(),
            true);
    for (String text : List.of("one", "two")) {
      try (BrokerLog log = BrokerLog.open(settings)) {
        log.notice(text);
      }
    }
    assertEquals(List.of("one", "two"), Files.readAllLines(file));
  }

  @Test
  void aFileThatWasMovedAwayIsBegunAnew(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("holdfast.log");
    Path rotated = folder.resolve("holdfast.log.1");
    try (LogFile log = new LogFile(file, now::get)) {
      log.open();
      log.write("one\n".getBytes(UTF_8));
      Files.move(file, rotated);
      log.write("two\n".getBytes(UTF_8));
      now.addAndGet(1_000);
      log.write("three\n".getBytes(UTF_8));
    }
    assertEquals(List.of("one", "two"), Files.readAllLines(rotated));
    assertEquals(List.of("three"), Files.readAllLines(file));
  }

  @Test
  void aFileThatCannotBeWrittenRefusesTheStart(@TempDir Path folder) {
    LogSettings settings =
        new LogSettings(
            List.of(new LogDestination.ToFile(folder)),
            LogSettings.usualTypes(),
            true,
            Optional.empty(),
            true);
    String message =
        assertThrows(BrokerLogException.class, () -> BrokerLog.open(settings)).getMessage();
    assertTrue(
        message.startsWith("The log file " + folder + " cannot be opened for writing: "), message);
  }
}
