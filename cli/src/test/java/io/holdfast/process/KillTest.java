package io.holdfast.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.cli.prove.BrokerProcess;
import io.holdfast.cli.prove.Client;
import io.holdfast.cli.prove.ConsumingClient;
import io.holdfast.cli.prove.Ledger;
import io.holdfast.cli.prove.Numbering;
import io.holdfast.cli.prove.Place;
import io.holdfast.cli.prove.PublishingClient;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.server.audit.LogAudit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` at any moment, again and again, while publishers and consumers of all versions are at
/// it: nothing acknowledged is lost, nothing comes twice.
///
/// Runs `-Dkill.rounds` (20) rounds, drawn from `-Dkill.seed`; when exactly a kill strikes is up to
/// the machine.
@Tag("slow") // The broker is started some thirty times.
@Timeout(240)
class KillTest {
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 20);
  private static final long SEED = Long.getLong("kill.seed", 1);
  private static final Numbering NUMBERING = new Numbering("test", 30);
  private static final int HEAP_MEGABYTES = 128;
  private static final int GROUP = 6;
  private static final int PATIENCE_MILLIS = 60_000;

  private final Random random = new Random(SEED);
  private final List<PublishingClient> publishers = new ArrayList<>();
  private final List<ConsumingClient> consumers = new ArrayList<>();
  private final Ledger ledger = new Ledger(2 * ProtocolVersion.values().length, GROUP + 1, GROUP);
  private @TempDir Path folder;

  @BeforeEach
  void makeClients() {
    for (ProtocolVersion version : ProtocolVersion.values()) {
      publishers.add(
          new PublishingClient(
              publishers.size(), version, NUMBERING, ledger, new Random(random.nextLong())));
    }
    consumer(ProtocolVersion.V3_1_1, QoS.EXACTLY_ONCE, 65535);
    consumer(ProtocolVersion.V5, QoS.EXACTLY_ONCE, 5);
    consumer(ProtocolVersion.V3_1_1, QoS.AT_LEAST_ONCE, 65535);
    consumer(ProtocolVersion.V5, QoS.AT_LEAST_ONCE, 65535);
    consumer(ProtocolVersion.V3_1, QoS.EXACTLY_ONCE, 65535);
    consumer(ProtocolVersion.V5, QoS.AT_LEAST_ONCE, 7);
    member("still", ProtocolVersion.V3_1_1);
    member("restless", ProtocolVersion.V5);
  }

  private void consumer(ProtocolVersion version, QoS maximumQoS, int receiveMaximum) {
    int index = consumers.size();
    consumers.add(
        new ConsumingClient(
            "consumer-" + index,
            index,
            version,
            NUMBERING,
            NUMBERING.all(),
            maximumQoS,
            receiveMaximum,
            ledger));
  }

  private void member(String clientId, ProtocolVersion version) {
    consumers.add(
        new ConsumingClient(
            clientId,
            GROUP,
            version,
            NUMBERING,
            "$share/group/" + NUMBERING.all(),
            QoS.EXACTLY_ONCE,
            65535,
            ledger));
  }

  private List<Client> everybody() {
    List<Client> clients = new ArrayList<>(publishers);
    clients.addAll(consumers);
    return clients;
  }

  /// Those who come and go.
  private List<ConsumingClient> restless() {
    return List.of(consumers.get(4), consumers.get(5), consumers.getLast());
  }

  @AfterEach
  void endClients() throws Exception {
    for (Client client : everybody()) {
      client.end();
    }
  }

  @Test
  void nothingAcknowledgedIsLostAndNothingComesTwice() throws Exception {
    System.out.printf("kill seed %d, %d rounds%n", SEED, ROUNDS);
    everybody().forEach(Client::start);
    subscribe();
    for (int round = 0; round < ROUNDS; round++) {
      if (random.nextInt(3) == 0) {
        killWhileStarting();
      }
      round();
      assertEquals(List.of(), ledger.violations(), "in round %d of seed %d".formatted(round, SEED));
    }
    drain(0);
    // Again on what it left when it ended in order: nothing of the past must come again.
    drain(20);
    System.out.println(ledger);
    assertEquals(0, ledger.lost(), this::story);
    assertEquals(0, ledger.tally().duplicated(), this::story);
    assertEquals(0, ledger.tally().outOfOrder(), this::story);
    assertEquals(List.of(), ledger.violations(), this::story);
  }

  private String story() {
    return "seed %d: %s".formatted(SEED, ledger);
  }

  private void subscribe() throws Exception {
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      consumers.forEach(consumer -> consumer.goTo(place));
      for (ConsumingClient consumer : consumers) {
        assertTrue(consumer.awaitSubscribed(PATIENCE_MILLIS), consumer::toString);
      }
      broker.kill();
    }
  }

  /// One life of the broker: with messages under way, most of the time.
  private void round() throws Exception {
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      List<Client> present = new ArrayList<>(everybody());
      List<ConsumingClient> leaving = new ArrayList<>();
      for (ConsumingClient consumer : restless()) {
        switch (random.nextInt(3)) {
          case 0 -> present.remove(consumer);
          case 1 -> leaving.add(consumer);
          default -> {}
        }
      }
      present.forEach(client -> client.goTo(place));
      if (random.nextInt(4) > 0) {
        awaitTraffic();
        for (ConsumingClient consumer : leaving) {
          consumer.stayAway();
        }
        awaitTraffic();
      }
      assertFalse(broker.endsWithin(random.nextInt(40)), () -> "ended by itself: " + broker.said());
      end(broker);
    }
    audit();
  }

  /// P9: whatever a kill leaves behind adds up, before the next start.
  private void audit() throws Exception {
    LogAudit audit = LogAudit.of(folder);
    assertTrue(audit.holds(), audit::toString);
    assertFalse(audit.queues().isEmpty());
  }

  /// Most of the time by a kill; but also in order, and by a kill while it ends in order.
  private void end(BrokerProcess broker) throws Exception {
    switch (random.nextInt(8)) {
      case 0 -> assertEquals(0, broker.terminate(), () -> "said: " + broker.said());
      case 1 -> {
        broker.askToEnd();
        if (!broker.endsWithin(random.nextInt(60))) {
          broker.kill();
        }
      }
      default -> broker.kill();
    }
  }

  private void awaitTraffic() throws InterruptedException {
    long until = ledger.acknowledged() + 1 + random.nextInt(1500);
    assertTrue(ledger.awaitAcknowledged(until, PATIENCE_MILLIS), () -> "stuck; " + story());
  }

  /// At any moment from the start of the process to a little after it took clients in.
  private void killWhileStarting() throws Exception {
    long before = System.nanoTime();
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES)) {
      broker.awaitListening();
      broker.kill();
    }
    long millis = (System.nanoTime() - before) / 1_000_000;
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES)) {
      assertFalse(
          broker.endsWithin(random.nextLong(millis * 2 / 5, millis * 11 / 10)),
          () -> "ended by itself: " + broker.said());
      broker.kill();
    }
    audit();
  }

  /// A life in which everything comes to its end.
  private void drain(int more) throws Exception {
    try (BrokerProcess broker = HoldfastProcess.launch(folder, HEAP_MEGABYTES)) {
      Place place = broker.awaitListening();
      publishers.forEach(publisher -> publisher.endAfter(more));
      everybody().forEach(client -> client.goTo(place));
      for (PublishingClient publisher : publishers) {
        assertTrue(publisher.awaitDone(PATIENCE_MILLIS), () -> "stuck; " + story());
      }
      assertTrue(ledger.awaitArrived(PATIENCE_MILLIS), () -> "not everything came; " + story());
      assertEquals(0, broker.terminate(), () -> "said: " + broker.said());
    }
    audit();
  }
}
