package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.server.transport.TransportLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Publishers that are not read from because the disk is behind.
@Timeout(60)
class SlowedPublisherTest {
  private static final int UNSYNCED_BYTES_MAX = 20_000;

  /// With so little, 8 KiB are read in one go.
  private static final int INCOMING_BYTES_MAX = 64 << 10;

  /// More than may wait for the disk.
  private static final int BEFORE = 40;

  /// Waits in the socket, and finds room there.
  private static final int TAIL = 20;

  private static final int PAYLOAD_BYTES = 1000;

  private static TestBroker slowing() throws StartException {
    TransportLimits usual = TransportLimits.forHeap(64 << 20);
    TransportLimits limits =
        new TransportLimits(
            usual.packetBytesMax(),
            usual.connectBytesMax(),
            INCOMING_BYTES_MAX,
            usual.outgoingBytesMax(),
            usual.outgoingPerConnectionMax(),
            UNSYNCED_BYTES_MAX,
            usual.connectionsMax());
    return TestBroker.start(BrokerSettings.defaults(), limits, TestBroker.ANYBODY);
  }

  private static RawClient subscribed(TestBroker broker, String clientId) throws IOException {
    RawClient client = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
    client.connect(clientId, false);
    client.send(RawClient.subscribe(1, "t", QoS.AT_LEAST_ONCE));
    client.receive(SubAck.class);
    return client;
  }

  private static byte[] payload(int index) {
    byte[] payload = new byte[PAYLOAD_BYTES];
    new Random(index).nextBytes(payload);
    return payload;
  }

  private static byte[] messages(RawClient client, int from, int until) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = from; i < until; i++) {
      all.writeBytes(client.bytesOf(RawClient.publish("t", QoS.AT_LEAST_ONCE, i + 1, payload(i))));
    }
    return all.toByteArray();
  }

  /// Has `client` slowed, and leaves its tail unread.
  private static void publishBeyondWhatIsRead(TestBroker broker, RawClient client, RawClient other)
      throws IOException {
    broker.holdLog();
    client.send(messages(client, 0, BEFORE));
    awaitAnswer(other);
    client.send(messages(client, BEFORE, BEFORE + TAIL));
  }

  /// The broker has looked at all its connections meanwhile.
  private static void awaitAnswer(RawClient client) throws IOException {
    for (int i = 0; i < 2; i++) {
      client.send(new PingReq());
      client.receive(PingResp.class);
    }
  }

  private static void receiveAll(RawClient consumer) throws IOException {
    for (int i = 0; i < BEFORE + TAIL; i++) {
      Publish message = consumer.receive(Publish.class);
      assertEquals(Bytes.of(payload(i)), message.payload(), "message " + i);
      consumer.send(new PubAck(message.packetId()));
    }
  }

  enum Leaves {
    ENDS_ITS_HALF {
      @Override
      void leave(RawClient client) throws IOException {
        client.finish();
      }
    },
    DISCONNECTS_AND_ENDS_ITS_HALF {
      @Override
      void leave(RawClient client) throws IOException {
        client.send(new Disconnect(ReasonCode.SUCCESS));
        client.finish();
      }
    },
    DISCONNECTS_AND_CLOSES {
      @Override
      void leave(RawClient client) throws IOException {
        client.send(new Disconnect(ReasonCode.SUCCESS));
        client.hangUp();
      }
    };

    abstract void leave(RawClient client) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void aPublisherThatLeavesWhileItIsSlowedIsReadToItsEnd(Leaves leaves) throws Exception {
    try (TestBroker broker = slowing();
        RawClient alice = subscribed(broker, "alice");
        RawClient slowed = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      slowed.connect("slowed", true);
      publishBeyondWhatIsRead(broker, slowed, alice);
      leaves.leave(slowed);
      awaitAnswer(alice);
      broker.letLogGo();
      receiveAll(alice);
    }
  }

  /// Where the other half has ended before, there is nothing left to wait for but bytes.
  @Test
  void aPublisherThatIsSlowedAfterItLeftIsReadToItsEnd() throws Exception {
    try (TestBroker broker = slowing();
        RawClient alice = subscribed(broker, "alice");
        RawClient slowed = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      slowed.connect("slowed", true);
      broker.holdLog();
      slowed.send(messages(slowed, 0, BEFORE + TAIL));
      slowed.finish();
      awaitAnswer(alice);
      broker.letLogGo();
      receiveAll(alice);
      slowed.awaitEnd();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theBrokerEndsThoughAPublisherLeftWhileItWasSlowed(Leaves leaves) throws Exception {
    TestBroker broker = slowing();
    try (RawClient alice = subscribed(broker, "alice");
        RawClient slowed = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      slowed.connect("slowed", true);
      publishBeyondWhatIsRead(broker, slowed, alice);
      leaves.leave(slowed);
      awaitAnswer(alice);
      Thread closing = Thread.ofVirtual().start(broker.holdfast()::close);
      broker.letLogGo();
      assertEquals(0, broker.awaitStop());
      Patience.join("the broker is closed", closing);
    }
  }

  @Test
  void aPublisherThatIsSlowedDoesNotSeemDead() throws Exception {
    try (TestBroker broker = slowing();
        RawClient alice = subscribed(broker, "alice");
        RawClient slowed = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient silent = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      connectWithShortKeepAlive(slowed, "slowed", 1);
      connectWithShortKeepAlive(silent, "silent", 3);
      publishBeyondWhatIsRead(broker, slowed, alice);
      silent.awaitEnd();
      broker.letLogGo();
      for (int i = 0; i < BEFORE + TAIL; i++) {
        assertEquals(i + 1, slowed.receive(PubAck.class).packetId());
      }
      alice.receive(Publish.class);
    }
  }

  private static void connectWithShortKeepAlive(RawClient client, String clientId, int seconds)
      throws IOException {
    client.send(RawClient.connect(ProtocolVersion.V3_1_1, clientId, true, seconds));
    client.receive(ConnAck.class);
  }
}
