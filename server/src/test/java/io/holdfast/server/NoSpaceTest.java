package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.Event;
import io.holdfast.log.LogOptions;
import io.holdfast.log.SpaceLimit;
import io.holdfast.protocol.packet.Packet;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients meet where the log has no space left (promise P6), on real sockets.
@Timeout(60)
class NoSpaceTest {
  private static final int SPACE_BYTES = 4 << 20;
  private static final int PAYLOAD_BYTES = 40_000;
  private static final LogOptions SMALL =
      new LogOptions(
          256 << 10,
          256 << 10,
          128 << 10,
          256 << 10,
          1 << 20,
          1 << 20,
          1 << 20,
          0,
          new SpaceLimit(SPACE_BYTES, 0));

  private TestBroker broker;

  /// So many messages wait for `consumer`, who is away.
  private int waiting;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.start(SMALL);
    try (RawClient consumer = consumer()) {
      consumer.send(RawClient.subscribe(1, "t", QoS.EXACTLY_ONCE));
      consumer.receive(SubAck.class);
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private RawClient client(ProtocolVersion version, String clientId) throws IOException {
    RawClient client = new RawClient(broker.port(), version);
    client.connect(clientId, true);
    return client;
  }

  private RawClient consumer() throws IOException {
    RawClient consumer = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
    consumer.connect("consumer", false);
    return consumer;
  }

  private static Publish message(int number, QoS qos) {
    ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES).putInt(number);
    return RawClient.publish("t", qos, number % 60_000 + 1, payload.array());
  }

  private static int numberOf(Publish message) {
    return message.payload().asBuffer().getInt();
  }

  /// Publishes, one at a time, until the broker takes no more.
  private void fill(RawClient five) throws IOException {
    while (true) {
      five.send(message(waiting, QoS.AT_LEAST_ONCE));
      PubAck answer = five.receive(PubAck.class);
      if (answer.reasonCode() != ReasonCode.SUCCESS) {
        assertEquals(ReasonCode.QUOTA_EXCEEDED, answer.reasonCode());
        assertTrue(answer.reasonString().orElse("").contains("no space"), answer.toString());
        return;
      }
      waiting++;
      assertTrue(waiting < SPACE_BYTES / PAYLOAD_BYTES, "the limit is kept");
    }
  }

  /// Takes the next message, and handles it to the end.
  private static int handle(RawClient consumer) throws IOException {
    Publish message = consumer.receive(Publish.class);
    int number = numberOf(message);
    if (message.qos() == QoS.AT_LEAST_ONCE) {
      consumer.send(new PubAck(message.packetId()));
    } else {
      consumer.send(new PubRec(message.packetId()));
    }
    return number;
  }

  @Test
  void publishersOf5AreRefusedWithAReasonAndConsumersDrainAllThatWasAccepted() throws Exception {
    try (RawClient five = client(ProtocolVersion.V5, "five")) {
      fill(five);
      five.send(message(waiting, QoS.EXACTLY_ONCE));
      assertEquals(ReasonCode.QUOTA_EXCEEDED, five.receive(PubRec.class).reasonCode());
      assertTrue(waiting > 50, "there was space for some: " + waiting);
      try (RawClient consumer = consumer()) {
        for (int number = 0; number < waiting; number++) {
          assertEquals(number, handle(consumer));
        }
        // What was refused can be sent again, and goes through in the end.
        while (true) {
          five.send(message(waiting, QoS.AT_LEAST_ONCE));
          if (five.receive(PubAck.class).reasonCode() == ReasonCode.SUCCESS) {
            break;
          }
        }
        assertEquals(waiting, handle(consumer));
      }
      broker.said().await(event -> event instanceof Event.Warning w && w.text().contains("space"));
    }
  }

  @Test
  void publishersOf3AreWithheldAndGoOnByThemselvesInTheirOrder() throws Exception {
    try (RawClient five = client(ProtocolVersion.V5, "five");
        RawClient three = client(ProtocolVersion.V3_1_1, "three");
        RawClient once = client(ProtocolVersion.V3_1, "once")) {
      fill(five);
      ByteArrayOutputStream several = new ByteArrayOutputStream();
      for (int i = 0; i < 5; i++) {
        several.writeBytes(three.bytesOf(message(waiting + i, QoS.AT_LEAST_ONCE)));
      }
      several.writeBytes(three.bytesOf(new PingReq()));
      three.send(several.toByteArray());
      once.send(message(waiting + 5, QoS.EXACTLY_ONCE));
      // The broker has looked at them, and has not answered.
      fill(five);
      assertFalse(three.hasInput(), "nothing is acknowledged that is not safe");
      assertFalse(once.hasInput(), "nothing is acknowledged that is not safe");
      try (RawClient consumer = consumer()) {
        for (int number = 0; number < waiting; number++) {
          assertEquals(number, handle(consumer));
        }
        int acknowledged = 0;
        boolean pinged = false; // Its answer waits for no record.
        while (acknowledged < 5 || !pinged) {
          Packet answer = three.receive().orElseThrow();
          if (answer instanceof PubAck ack) {
            assertEquals(waiting + acknowledged++ + 1, ack.packetId());
          } else {
            pinged = answer instanceof PingResp;
          }
        }
        int packetId = once.receive(PubRec.class).packetId();
        once.send(new PubRel(packetId));
        once.receive(PubComp.class);
        int next = waiting;
        for (int i = 0; i < 6; i++) {
          Packet packet = consumer.receive().orElseThrow();
          while (!(packet instanceof Publish)) {
            packet = consumer.receive().orElseThrow();
          }
          int number = numberOf((Publish) packet);
          if (number < waiting + 5) {
            assertEquals(next++, number);
          }
        }
        assertEquals(waiting + 5, next);
      }
    }
  }

  @Test
  @Tag("slow") // That somebody has left is noticed after five seconds.
  void aWithheldPublisherIsNotSilentAndMayLeave() throws Exception {
    try (RawClient five = client(ProtocolVersion.V5, "five");
        RawClient three = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
      fill(five);
      three.send(RawClient.connect(ProtocolVersion.V3_1_1, "three", true, 1));
      three.receive();
      three.send(message(waiting, QoS.AT_LEAST_ONCE));
      broker.said().await(event -> event instanceof Event.Warning w && w.text().contains("space"));
      try (RawClient silent = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
        // Later than the other, with the same keep alive, it says nothing, and is cut off.
        silent.send(RawClient.connect(ProtocolVersion.V3_1_1, "silent", true, 1));
        silent.receive();
        silent.awaitEnd();
      }
      assertTrue(
          broker.said().events(Event.Disconnected.class).stream()
              .noneMatch(gone -> gone.clientId().equals("three")),
          "its silence is not its own: " + broker.said().events());
      three.reset();
      broker
          .said()
          .await(
              event -> event instanceof Event.Disconnected gone && gone.clientId().equals("three"));
      try (RawClient consumer = consumer()) {
        for (int number = 0; number < waiting; number++) {
          assertEquals(number, handle(consumer));
        }
      }
    }
  }

  @Test
  void aConsumerThatPublishesIsHeardAndSendsAgainOnAConnectionOfItsOwn() throws Exception {
    try (RawClient five = client(ProtocolVersion.V5, "five")) {
      fill(five);
      int next = 0;
      try (RawClient both = consumer()) {
        both.send(message(30_000, QoS.AT_LEAST_ONCE));
        // It is heard all the same, if not at once, or there would be no space and so no end.
        Optional<Packet> packet = both.receive();
        for (; packet.isPresent(); packet = both.receive()) {
          Publish message = (Publish) packet.get();
          assertEquals(next++, numberOf(message));
          both.send(new PubAck(message.packetId()));
        }
      }
      try (RawClient both = consumer()) {
        both.send(message(30_000, QoS.AT_LEAST_ONCE));
        boolean acknowledged = false;
        boolean came = false;
        while (!acknowledged || !came) {
          switch (both.receive().orElseThrow()) {
            case PubAck ack -> acknowledged = ack.packetId() == 30_001;
            case Publish message -> {
              both.send(new PubAck(message.packetId()));
              if (numberOf(message) == 30_000) {
                assertEquals(waiting, next);
                came = true;
              } else if (numberOf(message) < next) {
                assertTrue(message.dup(), "it came before");
              } else {
                assertEquals(next++, numberOf(message));
              }
            }
            case Packet other -> throw new AssertionError(other.toString());
          }
        }
      }
    }
  }
}
