package io.holdfast.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cli.prove.BrokerProcess;
import io.holdfast.cli.prove.ClientSocket;
import io.holdfast.cli.prove.ConsumingClient;
import io.holdfast.cli.prove.Ledger;
import io.holdfast.cli.prove.Numbering;
import io.holdfast.cli.prove.Place;
import io.holdfast.cli.prove.PublishingClient;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With 64 MiB the broker serves those who behave, whatever others do at the same time.
@Tag("slow") // Ten thousand connections, and two hundred thousand messages that wait.
@Timeout(240)
class LittleMemoryTest {
  private static final Numbering NUMBERING = new Numbering("test", 30);
  private static final int HEAP_MEGABYTES = 64;
  private static final int QUEUED = 200_000;
  private static final int QUEUING_WINDOW = 1_000;
  private static final int HALF_SENT = HalfSentConnects.possible(10_000);
  private static final int STEADY_MESSAGES = 1_000;
  private static final int PATIENCE_MILLIS = 60_000;

  private final Ledger ledger = new Ledger(2, 2, -1);
  private final PublishingClient publisher =
      new PublishingClient(0, ProtocolVersion.V3_1_1, NUMBERING, ledger, new Random(1));
  private final List<ConsumingClient> consumers =
      List.of(
          new ConsumingClient(
              "online-1",
              0,
              ProtocolVersion.V5,
              NUMBERING,
              NUMBERING.all(),
              QoS.EXACTLY_ONCE,
              65535,
              ledger),
          new ConsumingClient(
              "online-2",
              1,
              ProtocolVersion.V3_1_1,
              NUMBERING,
              NUMBERING.all(),
              QoS.AT_LEAST_ONCE,
              65535,
              ledger));

  private @TempDir Path folder;

  @Test
  void thoseWhoBehaveAreServed() throws Exception {
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      for (ConsumingClient consumer : consumers) {
        consumer.start();
        consumer.goTo(place);
        assertTrue(consumer.awaitSubscribed(PATIENCE_MILLIS), consumer::toString);
      }
      publisher.start();
      publisher.goTo(place);
      queueForSomebodyAway(place);
      assertServes("with %d messages waiting".formatted(QUEUED));
      List<LargeSender> large = new ArrayList<>();
      try (ClientSocket deaf = ClientSocket.connect(place, ProtocolVersion.V5, "deaf");
          HalfSentConnects halfSent = new HalfSentConnects(place)) {
        deaf.subscribe("flood");
        Thread flood = Thread.ofPlatform().daemon(true).start(() -> flood(place));
        assertServes("with a flood for somebody who does not read");
        halfSent.open(HALF_SENT);
        assertServes("with %d CONNECTs half sent".formatted(halfSent.stillOpen()));
        large.add(new LargeSender(place, "largest-3", ProtocolVersion.V3_1_1, false));
        large.add(new LargeSender(place, "largest-5", ProtocolVersion.V5, false));
        large.add(new LargeSender(place, "allowed-1", ProtocolVersion.V5, true));
        large.add(new LargeSender(place, "allowed-2", ProtocolVersion.V5, true));
        assertServes("with senders of the largest packets");
        assertServes("with all that, and %d of the CONNECTs".formatted(halfSent.stillOpen()));
        for (LargeSender sender : large) {
          assertTrue(sender.awaitSent(PATIENCE_MILLIS), "nobody is kept out");
          sender.end();
        }
        assertTrue(flood.isAlive(), "also not who sends too much for somebody else");
        deaf.receive(Publish.class);
      }
      publisher.endAfter(0);
      assertTrue(publisher.awaitDone(PATIENCE_MILLIS), ledger::toString);
      assertTrue(ledger.awaitArrived(PATIENCE_MILLIS), ledger::toString);
      publisher.end();
      for (ConsumingClient consumer : consumers) {
        consumer.end();
      }
      assertEquals(List.of(), ledger.violations());
      assertEquals(0, broker.terminate(), () -> "said " + broker.said());
    }
    takeWhatWaited();
  }

  /// The ordinary ones get on.
  private void assertServes(String when) throws InterruptedException {
    long fromNanos = System.nanoTime();
    long until = ledger.acknowledged() + STEADY_MESSAGES;
    assertTrue(ledger.awaitAcknowledged(until, PATIENCE_MILLIS), () -> when + ": " + ledger);
    long millis = (System.nanoTime() - fromNanos) / 1_000_000;
    System.out.printf("%d messages in %d ms %s%n", STEADY_MESSAGES, millis, when);
  }

  private static void queueForSomebodyAway(Place place) throws IOException {
    try (ClientSocket away = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "away")) {
      away.subscribe("waiting");
    }
    try (ClientSocket feeder = ClientSocket.connect(place, ProtocolVersion.V3_1_1, "feeder")) {
      for (int i = 0; i < QUEUED; i++) {
        if (i >= QUEUING_WINDOW) {
          feeder.receive(PubAck.class);
        }
        feeder.send(
            Numbering.publish(
                false,
                QoS.AT_LEAST_ONCE,
                false,
                1 + i % 65535,
                "waiting",
                Bytes.utf8("number " + i)));
        if (!feeder.hasInput()) {
          feeder.flush();
        }
      }
      feeder.flush();
      for (int i = 0; i < QUEUING_WINDOW; i++) {
        feeder.receive(PubAck.class);
      }
    }
  }

  private static void flood(Place place) {
    Bytes payload = Bytes.own(new byte[500]);
    Publish message = Numbering.publish(false, QoS.AT_MOST_ONCE, false, 0, "flood", payload);
    try (ClientSocket socket = ClientSocket.connect(place, ProtocolVersion.V5, "flood")) {
      while (true) {
        socket.send(message);
      }
    } catch (IOException ended) {
      // With the broker.
    }
  }

  private void takeWhatWaited() throws Exception {
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES);
        ClientSocket away =
            ClientSocket.connect(broker.awaitListening(), ProtocolVersion.V3_1_1, "away")) {
      for (int i = 0; i < QUEUED; i++) {
        if (!away.hasInput()) {
          away.flush();
        }
        Packet packet = away.receive();
        if (!(packet instanceof Publish message)) {
          throw new AssertionError("instead of number %d came %s".formatted(i, packet));
        }
        assertEquals("number " + i, message.payload().toUtf8());
        away.send(new PubAck(message.packetId()));
      }
      away.flush();
      assertEquals(0, broker.terminate(), () -> "said " + broker.said());
    }
  }
}
