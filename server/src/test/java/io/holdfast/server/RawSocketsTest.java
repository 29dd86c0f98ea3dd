package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Event;
import io.holdfast.core.ListenerSettings;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.server.transport.TransportLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RawSocketsTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @EnumSource
  void aMessageReachesItsSubscriberAtEachQoS(ProtocolVersion version) throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient alice = new RawClient(broker.port(), version);
        RawClient bob = new RawClient(broker.port(), version)) {
      alice.connect("alice", false);
      bob.connect("bob", true);
      alice.send(RawClient.subscribe(1, "a/#", QoS.EXACTLY_ONCE));
      assertEquals(ReasonCode.GRANTED_QOS_2, alice.receive(SubAck.class).reasonCodes().getFirst());

      bob.send(RawClient.publish("a/0", QoS.AT_MOST_ONCE, 0, HELLO));
      bob.send(RawClient.publish("a/1", QoS.AT_LEAST_ONCE, 7, HELLO));
      assertEquals(7, bob.receive(PubAck.class).packetId());
      bob.send(RawClient.publish("a/2", QoS.EXACTLY_ONCE, 8, HELLO));
      assertEquals(8, bob.receive(PubRec.class).packetId());
      bob.send(new PubRel(8));
      assertEquals(8, bob.receive(PubComp.class).packetId());

      Publish atMostOnce = alice.receive(Publish.class);
      assertEquals("a/0", atMostOnce.topic().toUtf8());
      assertEquals(Bytes.of(HELLO), atMostOnce.payload());
      Publish atLeastOnce = alice.receive(Publish.class);
      assertEquals("a/1", atLeastOnce.topic().toUtf8());
      alice.send(new PubAck(atLeastOnce.packetId()));
      Publish exactlyOnce = alice.receive(Publish.class);
      assertEquals("a/2", exactlyOnce.topic().toUtf8());
      assertEquals(QoS.EXACTLY_ONCE, exactlyOnce.qos());
      alice.send(new PubRec(exactlyOnce.packetId()));
      assertEquals(exactlyOnce.packetId(), alice.receive(PubRel.class).packetId());
      alice.send(new PubComp(exactlyOnce.packetId()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void packetsMayComeByteByByte(ProtocolVersion version) throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient client = new RawClient(broker.port(), version)) {
      trickle(client, client.bytesOf(RawClient.connect(version, "slow", true)));
      client.receive(ConnAck.class);
      trickle(client, client.bytesOf(RawClient.subscribe(1, "a", QoS.AT_LEAST_ONCE)));
      client.receive(SubAck.class);
      byte[] payload = new byte[300];
      trickle(client, client.bytesOf(RawClient.publish("a", QoS.AT_MOST_ONCE, 0, payload)));
      assertEquals(300, client.receive(Publish.class).payload().length());
    }
  }

  private static void trickle(RawClient client, byte[] bytes) throws IOException {
    for (byte next : bytes) {
      client.send(next);
    }
  }

  @Test
  void manyPacketsInOneGoAreAllRead() throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient client = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      client.connect("burst", true);
      byte[] one = client.bytesOf(RawClient.publish("t", QoS.AT_LEAST_ONCE, 1, new byte[1000]));
      byte[] many = new byte[one.length * 1000];
      for (int i = 0; i < 1000; i++) {
        byte[] packet =
            client.bytesOf(RawClient.publish("t", QoS.AT_LEAST_ONCE, i + 1, new byte[1000]));
        System.arraycopy(packet, 0, many, i * one.length, one.length);
      }
      client.send(many);
      for (int i = 0; i < 1000; i++) {
        assertEquals(i + 1, client.receive(PubAck.class).packetId());
      }
    }
  }

  @Test
  void aLargeMessageGoesThroughWhole() throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      client.connect("large", true);
      client.send(RawClient.subscribe(1, "large", QoS.AT_LEAST_ONCE));
      client.receive(SubAck.class);
      byte[] payload = new byte[5_000_000];
      for (int i = 0; i < payload.length; i++) {
        payload[i] = (byte) (i * 31);
      }
      client.send(RawClient.publish("large", QoS.AT_LEAST_ONCE, 1, payload));
      boolean acknowledged = false;
      boolean came = false;
      while (!acknowledged || !came) {
        switch (client.receive().orElseThrow()) {
          case PubAck ack -> acknowledged = true;
          case Publish publish -> {
            assertEquals(Bytes.of(payload), publish.payload());
            came = true;
          }
          default -> throw new AssertionError("nothing else is said");
        }
      }
    }
  }

  @Test
  void aPacketLargerThanAllowedIsRefusedBeforeItCame() throws Exception {
    try (TestBroker broker =
            TestBroker.start(
                BrokerSettings.defaults(), TransportLimits.forHeap(64 << 20), TestBroker.ANYBODY);
        RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      client.connect("huge", true);
      client.send((byte) 0x30, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0x7F);
      assertEquals(ReasonCode.PACKET_TOO_LARGE, client.receive(Disconnect.class).reasonCode());
      client.awaitEnd();
    }
  }

  @Test
  void whoSendsTooMuchIsToldEvenIfItGoesOnSending() throws Exception {
    try (TestBroker broker =
            TestBroker.start(
                BrokerSettings.defaults(), TransportLimits.forHeap(64 << 20), TestBroker.ANYBODY);
        RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      client.connect("huge", true);
      byte[] start = new byte[100_000];
      start[0] = 0x30;
      start[1] = start[2] = start[3] = (byte) 0xFF;
      start[4] = 0x7F;
      client.send(start);
      assertEquals(ReasonCode.PACKET_TOO_LARGE, client.receive(Disconnect.class).reasonCode());
      assertEquals(Optional.empty(), client.receive());
    }
  }

  @Test
  void aHugeConnectIsRefused() throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient client = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      client.send((byte) 0x10, (byte) 0xFF, (byte) 0xFF, (byte) 0x7F, (byte) 0);
      client.awaitEnd();
      assertTrue(broker.said().events(Event.Refused.class).getFirst().why().contains("too large"));
    }
  }

  @Test
  void unsupportedVersionsAreAnsweredAsTheirSpecificationSays() throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient old = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient future = new RawClient(broker.port(), ProtocolVersion.V5)) {
      old.send(connectOf("MQIsdp", 2));
      ConnAck answer = old.receive(ConnAck.class);
      assertEquals(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, answer.reasonCode());
      old.awaitEnd();
      future.send(connectOf("MQTT", 6));
      assertEquals(
          ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, future.receive(ConnAck.class).reasonCode());
      future.awaitEnd();
    }
  }

  private static byte[] connectOf(String name, int level) {
    byte[] packet = new byte[2 + 2 + name.length() + 1 + 1 + 2 + 2 + 1];
    packet[0] = 0x10;
    packet[1] = (byte) (packet.length - 2);
    packet[3] = (byte) name.length();
    System.arraycopy(name.getBytes(StandardCharsets.UTF_8), 0, packet, 4, name.length());
    int at = 4 + name.length();
    packet[at] = (byte) level;
    packet[at + 1] = 2;
    packet[at + 3] = 60;
    packet[at + 5] = 1;
    packet[at + 6] = 'x';
    return packet;
  }

  @ParameterizedTest
  @EnumSource
  void aSecondConnectionOfAClientTakesOver(ProtocolVersion version) throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient first = new RawClient(broker.port(), version);
        RawClient second = new RawClient(broker.port(), version)) {
      first.connect("twin", false);
      assertTrue(second.connect("twin", false).sessionPresent() || version == ProtocolVersion.V3_1);
      if (version.isV5()) {
        assertEquals(ReasonCode.SESSION_TAKEN_OVER, first.receive(Disconnect.class).reasonCode());
      }
      first.awaitEnd();
      second.send(new PingReq());
      second.receive(PingResp.class);
    }
  }

  @Test
  void aSlowReaderLosesWhatIsAtMostOnceAndKeepsWhatIsAtLeastOnce() throws Exception {
    TransportLimits limits = TransportLimits.forHeap(64 << 20);
    try (TestBroker broker =
            TestBroker.start(BrokerSettings.defaults(), limits, TestBroker.ANYBODY);
        RawClient slow = new RawClient(broker.port(), ProtocolVersion.V3_1_1, 4096);
        RawClient bob = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      slow.connect("slow", false);
      slow.send(RawClient.subscribe(1, "q/#", QoS.AT_LEAST_ONCE));
      slow.receive(SubAck.class);
      bob.connect("bob", true);
      int count = 2000;
      byte[] payload = new byte[10_000];
      for (int i = 0; i < count; i++) {
        bob.send(RawClient.publish("q/0", QoS.AT_MOST_ONCE, 0, payload));
        bob.send(RawClient.publish("q/1/" + i, QoS.AT_LEAST_ONCE, i + 1, new byte[10]));
        bob.receive(PubAck.class);
      }
      int atMostOnce = 0;
      int atLeastOnce = 0;
      while (atLeastOnce < count) {
        Publish message = slow.receive(Publish.class);
        if (message.qos() == QoS.AT_MOST_ONCE) {
          atMostOnce++;
        } else {
          assertEquals("q/1/" + atLeastOnce, message.topic().toUtf8());
          atLeastOnce++;
          slow.send(new PubAck(message.packetId()));
        }
      }
      assertTrue(atMostOnce < count, "some were dropped");
      long dropped =
          broker.said().events(Event.Dropped.class).stream().mapToLong(Event.Dropped::count).sum();
      assertEquals(count, atMostOnce + dropped);
    }
  }

  @Test
  void whoDoesNotTakeItsAnswersIsNotReadFrom() throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient deaf = new RawClient(broker.port(), ProtocolVersion.V3_1_1, 4096);
        RawClient other = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      deaf.connect("deaf", true);
      byte[] pings = new byte[2 * 50_000];
      for (int i = 0; i < pings.length; i += 2) {
        pings[i] = (byte) 0xC0;
      }
      int rounds = 40;
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < rounds; i++) {
                    deaf.send(pings);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      other.connect("other", true);
      for (int i = 0; i < rounds * 50_000; i++) {
        deaf.receive(PingResp.class);
      }
      Patience.join("all is sent", sender);
      other.send(new PingReq());
      other.receive(PingResp.class);
    }
  }

  @Test
  void whatCameBeforeTheEndOfAConnectionIsReadWhole() throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient alice = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient bob = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      alice.connect("alice", false);
      alice.send(RawClient.subscribe(1, "t", QoS.AT_LEAST_ONCE));
      alice.receive(SubAck.class);
      bob.connect("bob", true);
      int count = 3000;
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int i = 0; i < count; i++) {
        all.writeBytes(
            bob.bytesOf(RawClient.publish("t", QoS.AT_LEAST_ONCE, i + 1, new byte[1000])));
      }
      bob.send(all.toByteArray());
      bob.finish();
      for (int i = 0; i < count; i++) {
        Publish message = alice.receive(Publish.class);
        alice.send(new PubAck(message.packetId()));
      }
      bob.awaitEnd();
    }
  }

  private static RawClient subscribed(TestBroker broker, String clientId, String filter)
      throws IOException {
    RawClient client = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
    client.connect(clientId, false);
    client.send(RawClient.subscribe(1, filter, QoS.AT_LEAST_ONCE));
    client.receive(SubAck.class);
    return client;
  }

  @Test
  void whatAConsumerAcknowledgesCostsNoSyncOfItsOwn() throws Exception {
    try (TestBroker broker = TestBroker.start();
        RawClient alice = subscribed(broker, "alice", "t");
        RawClient bob = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      bob.connect("bob", true);
      bob.send(RawClient.publish("t", QoS.AT_LEAST_ONCE, 1, HELLO));
      bob.receive(PubAck.class);
      int before = broker.syncs();
      int count = 20;
      for (int i = 0; i < count; i++) {
        Publish message = alice.receive(Publish.class);
        broker.holdLog();
        bob.send(RawClient.publish("t", QoS.AT_LEAST_ONCE, i + 2, HELLO));
        awaitAnswer(bob);
        alice.send(new PubAck(message.packetId()));
        awaitAnswer(alice);
        broker.letLogGo();
        bob.receive(PubAck.class);
      }
      int syncs = broker.syncs() - before;
      assertTrue(syncs < count * 3 / 2, syncs + " syncs for " + count + " messages");
    }
  }

  private static void awaitAnswer(RawClient client) throws IOException {
    client.send(new PingReq());
    client.receive(PingResp.class);
  }

  @Test
  void connectionsBeyondTheListenersMaximumAreDenied() throws Exception {
    ListenerSettings two = new ListenerSettings(true, 2, true, "auto-");
    try (TestBroker broker =
            TestBroker.start(BrokerSettings.defaults(), TransportLimits.forHeap(64 << 20), two);
        RawClient first = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient second = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      first.connect("1", true);
      second.connect("2", true);
      try (RawClient third = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
        assertEquals(Optional.empty(), third.receive());
      }
      assertTrue(
          broker.said().events(Event.Refused.class).getFirst().why().contains("max_connections"));
      first.send(new Disconnect(ReasonCode.SUCCESS));
      first.awaitEnd();
      first.hangUp();
      connectInTheEnd(broker);
    }
  }

  /// The broker hears of the end of a connection a moment after its client.
  private static void connectInTheEnd(TestBroker broker) throws IOException {
    long deadlineNanos = Patience.deadlineNanos();
    while (true) {
      Patience.check("there is room for one more", deadlineNanos);
      try (RawClient client = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
        client.send(RawClient.connect(ProtocolVersion.V3_1_1, "3", true));
        if (client.receive().isPresent()) {
          return;
        }
      } catch (java.net.SocketException denied) {
        // Once more.
      }
    }
  }

  @Test
  void aSessionOutlivesTheBroker() throws Exception {
    TestBroker broker = TestBroker.start();
    try (RawClient alice = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient bob = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      assertFalse(alice.connect("alice", false).sessionPresent());
      alice.send(RawClient.subscribe(1, "a", QoS.AT_LEAST_ONCE));
      alice.receive(SubAck.class);
      alice.hangUp();
      bob.connect("bob", true);
      bob.send(RawClient.publish("a", QoS.AT_LEAST_ONCE, 1, HELLO));
      bob.receive(PubAck.class);
    }
    try (TestBroker again = broker.restart();
        RawClient alice = new RawClient(again.port(), ProtocolVersion.V3_1_1)) {
      assertTrue(alice.connect("alice", false).sessionPresent());
      assertEquals(Bytes.of(HELLO), alice.receive(Publish.class).payload());
    }
  }
}
