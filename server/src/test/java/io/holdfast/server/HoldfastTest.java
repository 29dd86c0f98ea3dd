package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Event;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.server.transport.TransportLimits;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HoldfastTest {
  @Test
  void twoBrokersRunInOneJvm() throws Exception {
    try (TestBroker one = TestBroker.start();
        TestBroker other = TestBroker.start();
        RawClient first = new RawClient(one.port(), ProtocolVersion.V5);
        RawClient second = new RawClient(other.port(), ProtocolVersion.V5)) {
      assertEquals(ReasonCode.SUCCESS, first.connect("same", true).reasonCode());
      assertEquals(ReasonCode.SUCCESS, second.connect("same", true).reasonCode());
    }
  }

  @Test
  void aPortThatIsTakenIsOneClearLine() throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      StartException taken =
          assertThrows(StartException.class, () -> TestBroker.startAt(broker.port()));
      assertEquals(
          "cannot listen on 127.0.0.1:%d: the port is taken, by another broker?"
              .formatted(broker.port()),
          taken.getMessage());
    }
  }

  @Test
  void aLogOfAnotherUserIsOneClearLine() {
    BrokerOptions options =
        new BrokerOptions(
            List.of(),
            BrokerSettings.defaults(),
            TransportLimits.forHeap(64 << 20),
            new TestBroker.Said());
    StartException denied =
        assertThrows(
            StartException.class,
            () ->
                Holdfast.start(
                    options,
                    (tasks, listener, handler) -> {
                      throw new AccessDeniedException("/data/0000000001.log");
                    }));
    assertEquals(
        "the log cannot be opened: this user may not read and write /data/0000000001.log;"
            + " was the broker run by another user before?",
        denied.getMessage());
  }

  @Test
  void closeTellsClientsAndEndsWithStatusZero() throws Exception {
    TestBroker broker = TestBroker.start();
    try (RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      client.connect("client", true);
      Thread closing = Thread.ofVirtual().start(broker.holdfast()::close);
      assertEquals(ReasonCode.SERVER_SHUTTING_DOWN, client.receive(Disconnect.class).reasonCode());
      assertEquals(Optional.empty(), client.receive());
      client.hangUp();
      Patience.join("the broker is closed", closing);
      assertEquals(0, broker.awaitStop());
      broker.close();
      assertThrows(
          ConnectException.class, () -> new RawClient(broker.port(), ProtocolVersion.V5).close());
    }
  }

  @Test
  void whatWasReadIsAnsweredBeforeTheEnd() throws Exception {
    TestBroker broker = TestBroker.start();
    try (RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      client.connect("client", false);
      client.send(RawClient.subscribe(1, "a", QoS.AT_LEAST_ONCE));
      client.receive(SubAck.class);
      broker.holdLog();
      client.send(RawClient.publish("a", QoS.AT_LEAST_ONCE, 7, new byte[10]));
      client.send(RawClient.subscribe(2, "b", QoS.AT_LEAST_ONCE));
      broker.said().await(event -> event instanceof Event.Subscribed s && s.filter().equals("b"));
      Thread closing = Thread.ofVirtual().start(broker.holdfast()::close);
      awaitRefusal(broker.port());
      broker.letLogGo();
      assertEquals(7, ((PubAck) nextAnswer(client)).packetId());
      assertEquals(2, ((SubAck) nextAnswer(client)).packetId());
      Disconnect end = (Disconnect) nextAnswer(client);
      assertEquals(ReasonCode.SERVER_SHUTTING_DOWN, end.reasonCode());
      client.hangUp();
      Patience.join("the broker is closed", closing);
    }
  }

  /// What comes next, but for the message itself, which may come at any time.
  private static Packet nextAnswer(RawClient client) throws IOException {
    Packet next = client.receive().orElseThrow();
    return next instanceof Publish ? nextAnswer(client) : next;
  }

  private static void awaitRefusal(int port) throws IOException {
    long deadlineNanos = Patience.deadlineNanos();
    while (true) {
      Patience.check("nobody is let in any more", deadlineNanos);
      try {
        new RawClient(port, ProtocolVersion.V5).close();
      } catch (ConnectException refused) {
        return;
      }
    }
  }

  @Test
  void aFailedLogAcknowledgesNothingAndEndsWithStatusThree() throws Exception {
    TestBroker broker = TestBroker.start();
    try (RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      client.connect("client", false);
      client.send(RawClient.subscribe(1, "a", QoS.AT_LEAST_ONCE));
      client.receive(SubAck.class);
      broker.failLog();
      client.send(RawClient.publish("a", QoS.AT_LEAST_ONCE, 7, new byte[10]));
      assertEquals(Optional.empty(), client.receive(), "nothing is said any more");
      assertEquals(3, broker.awaitStop());
      assertTrue(broker.said().fatal().getFirst().contains("input/output error"));
    }
    broker.close();
  }

  @Test
  void aFolderIsOneBrokersAlone(@TempDir Path folder) throws Exception {
    Holdfast first = Holdfast.start(folder.resolve("data"));
    StartException inUse =
        assertThrows(StartException.class, () -> Holdfast.start(folder.resolve("data")));
    assertTrue(String.valueOf(inUse.getMessage()).contains("data"));
    first.close();
    Holdfast.start(folder.resolve("data")).close();
  }

  @Test
  void whatIsInAFolderIsThereAgain(@TempDir Path folder) throws Exception {
    try (Holdfast broker = Holdfast.start(folder);
        RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      assertFalse(client.connect("client", false).sessionPresent());
    }
    try (Holdfast broker = Holdfast.start(folder);
        RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      assertTrue(client.connect("client", false).sessionPresent());
    }
  }
}
