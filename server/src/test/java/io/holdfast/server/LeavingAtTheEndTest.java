package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubAck;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/// Clients that go while the broker does.
@Timeout(60)
class LeavingAtTheEndTest {
  private static final int CLIENTS = 10;

  @RepeatedTest(5)
  void aClientThatLeavesWhileNobodyIsReadDoesNotHoldUpTheEnd() throws Exception {
    TestBroker broker = TestBroker.start();
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      RawClient client = new RawClient(broker.port(), ProtocolVersion.V5);
      clients.add(client);
      client.connect("client-" + i, false);
      client.send(RawClient.subscribe(1, "a", QoS.AT_LEAST_ONCE));
      client.receive(SubAck.class);
    }
    broker.holdLog();
    for (RawClient client : clients) {
      client.send(RawClient.publish("a", QoS.AT_LEAST_ONCE, 1, new byte[10]));
    }
    Thread closing = Thread.ofVirtual().start(broker.holdfast()::close);
    for (RawClient client : clients) {
      client.hangUp();
    }
    broker.letLogGo();
    assertEquals(0, broker.awaitStop());
    Patience.join("the broker is closed", closing);
  }
}
