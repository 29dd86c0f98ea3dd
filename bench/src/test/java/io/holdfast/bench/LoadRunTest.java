package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LoadRunTest {
  @ParameterizedTest
  @EnumSource
  void aBrokerThatForwardsEverythingOnceIsClean(MqttVersion version) throws Exception {
    Report report = measure(NullBroker.Faults.NONE, workload(version, 0, 0, 0));
    assertTrue(report.checked().isClean(), report::forPeople);
    assertTrue(report.checked().acknowledged() > 0, report::forPeople);
    assertTrue(report.measured().deliveredPerSecond() > 0);
  }

  @Test
  void idleSubscriptionsSessionsAndRetainedMessagesTakeNothing() throws Exception {
    Report report = measure(NullBroker.Faults.NONE, workload(MqttVersion.V311, 1_100, 100, 2_100));
    assertTrue(report.checked().isClean(), report::forPeople);
  }

  @ParameterizedTest
  @EnumSource
  void topicsTakeTurnsAndAPaceIsKept(MqttVersion version) throws Exception {
    Workload paced = new Workload(version, 6, 5, 4, 12, 64, 3_000, 1, 2, 1, 0, 0, 0);
    Report report = measure(NullBroker.Faults.NONE, paced);
    assertTrue(report.checked().isClean(), report::forPeople);
    assertEquals(3_000, report.measured().acknowledgedPerSecond(), 300);
  }

  @Test
  void everyLostMessageIsCounted() throws Exception {
    Report report = measure(new NullBroker.Faults(1_000, 0), workload(MqttVersion.V311, 0, 0, 0));
    assertFalse(report.checked().isClean());
    assertEquals(report.checked().acknowledged() / 1_000, report.checked().lost());
    assertEquals(0, report.checked().duplicated());
  }

  @Test
  void everyRepeatedMessageIsCounted() throws Exception {
    Report report = measure(new NullBroker.Faults(0, 1_000), workload(MqttVersion.V311, 0, 0, 0));
    assertFalse(report.checked().isClean());
    assertEquals(report.checked().acknowledged() / 1_000, report.checked().duplicated());
    assertEquals(0, report.checked().lost());
  }

  @Test
  void noBrokerIsTroubleAndNotALoss() throws Exception {
    try (Socket boundOnly = new Socket()) {
      boundOnly.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      expectTrouble("no connection", boundOnly.getLocalSocketAddress());
    }
  }

  @Test
  void aBrokerThatNeverAnswersIsTrouble() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      expectTrouble("no answer", silent.getLocalSocketAddress());
    }
  }

  @Test
  void aClosedBrokerLeavesNoListener() throws Exception {
    for (int i = 0; i < 20; i++) {
      NullBroker broker = new NullBroker(NullBroker.Faults.NONE);
      InetSocketAddress address = broker.listen(0);
      broker.close();
      assertThrows(ConnectException.class, () -> new Socket().connect(address));
    }
  }

  private static void expectTrouble(String what, SocketAddress broker) {
    LoadRun run = new LoadRun(workload(MqttVersion.V311, 0, 0, 0), broker, Optional.empty());
    String message = assertThrows(BenchException.class, run::run).toString();
    assertTrue(message.contains(what), message);
  }

  private static Workload workload(
      MqttVersion version, int idleSubscriptions, int idleSessions, int retainedMessages) {
    return new Workload(
        version,
        6,
        5,
        1,
        3,
        64,
        Double.POSITIVE_INFINITY,
        0,
        1,
        1,
        idleSubscriptions,
        idleSessions,
        retainedMessages);
  }

  private static Report measure(NullBroker.Faults faults, Workload workload) throws Exception {
    try (NullBroker broker = new NullBroker(faults)) {
      return new LoadRun(workload, broker.listen(0), Optional.empty()).run();
    }
  }
}
