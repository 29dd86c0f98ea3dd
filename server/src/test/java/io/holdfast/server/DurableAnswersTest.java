package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.protocol.packet.ConnAck;
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
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.server.WatchedDisk.Syncs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nothing that promises something leaves before the sync that covers it has returned; and in a
/// build that leaves the sync out, the same check fails.
@Timeout(60)
class DurableAnswersTest {
  /// How often the broker is asked whether it has come so far as to answer. Each time the loop has
  /// gone round.
  private static final int PINGS = 20;

  /// What must not come too early.
  enum Answer {
    PUBACK,
    PUBREC,
    PUBREC_TO_A_DUPLICATE,
    PUBCOMP,
    SUBACK,
    SUBACK_OF_A_SHARED_SUBSCRIPTION,
    UNSUBACK,
    CONNACK_OF_A_NEW_SESSION,
    CONNACK_OF_A_RESUMED_SESSION,
    CONNACK_THAT_ENDS_A_SESSION,
    DELIVERY_AT_QOS_1,
    DELIVERY_AT_QOS_2,
    PUBREL
  }

  /// @param answer what `hears` hears when `asks` has sent `requests`
  private record Exchange(
      RawClient asks, List<Packet> requests, RawClient hears, Class<? extends Packet> answer) {

    Exchange(RawClient asks, Packet request, RawClient hears, Class<? extends Packet> answer) {
      this(asks, List.of(request), hears, answer);
    }
  }

  @ParameterizedTest
  @EnumSource
  void comesAfterTheSyncThatCoversIt(Answer answer) throws Exception {
    check(answer, Syncs.AS_IT_SHOULD);
  }

  @ParameterizedTest
  @EnumSource
  void comesTooEarlyInABuildWithoutTheSync(Answer answer) {
    assertThrows(TooEarly.class, () -> check(answer, Syncs.NOT_AT_ALL));
  }

  private static final class TooEarly extends Exception {
    private static final long serialVersionUID = 1;

    TooEarly(String what) {
      super(what);
    }
  }

  private static void check(Answer answer, Syncs syncs) throws Exception {
    try (WatchedBroker broker = new WatchedBroker(new WatchedDisk(syncs));
        RawClient other = new RawClient(broker.port(), ProtocolVersion.V5);
        RawClient alice = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient bob = new RawClient(broker.port(), ProtocolVersion.V5);
        RawClient bobAgain = new RawClient(broker.port(), ProtocolVersion.V5)) {
      other.connect("other", true);
      alice.connect("alice", false);
      alice.send(RawClient.subscribe(1, "#", QoS.EXACTLY_ONCE));
      alice.receive(SubAck.class);
      bob.connect("bob", false);
      Exchange exchange = exchange(answer, alice, bob, bobAgain);
      WatchedDisk disk = broker.disk();
      disk.holdAll();
      long before = disk.begun();
      for (Packet request : exchange.requests()) {
        exchange.asks().send(request);
      }
      disk.awaitBegun(before);
      boolean isOpen = exchange.answer() != ConnAck.class;
      for (int i = 0; i < PINGS || syncs != Syncs.AS_IT_SHOULD; i++) {
        ping(other);
        if (isOpen) {
          ping(exchange.hears());
        } else if (exchange.hears().hasInput()) {
          throw new TooEarly(answer + " came before its sync");
        }
      }
      disk.letGo();
      exchange.hears().receive(exchange.answer());
    }
  }

  /// The broker has read everything that it was sent before, and what it has to say is out.
  private static void ping(RawClient client) throws IOException, TooEarly {
    client.send(new PingReq());
    Packet answer = client.receive().orElseThrow();
    if (!(answer instanceof PingResp)) {
      throw new TooEarly(answer + " came before its sync");
    }
  }

  private static Exchange exchange(
      Answer answer, RawClient alice, RawClient bob, RawClient bobAgain) throws IOException {
    return switch (answer) {
      case PUBACK -> new Exchange(bob, message(QoS.AT_LEAST_ONCE, 1, "m"), bob, PubAck.class);
      case PUBREC -> new Exchange(bob, message(QoS.EXACTLY_ONCE, 1, "m"), bob, PubRec.class);
      case PUBREC_TO_A_DUPLICATE -> {
        // Appends nothing, and yet says that the first one is safe.
        Packet message = message(QoS.EXACTLY_ONCE, 1, "m");
        yield new Exchange(bob, List.of(message, message), bob, PubRec.class);
      }
      case PUBCOMP -> {
        bob.send(message(QoS.EXACTLY_ONCE, 1, "m"));
        bob.receive(PubRec.class);
        yield new Exchange(bob, new PubRel(1), bob, PubComp.class);
      }
      case SUBACK ->
          new Exchange(bob, RawClient.subscribe(2, "a", QoS.AT_LEAST_ONCE), bob, SubAck.class);
      case SUBACK_OF_A_SHARED_SUBSCRIPTION ->
          new Exchange(
              bob, RawClient.subscribe(2, "$share/group/a", QoS.AT_LEAST_ONCE), bob, SubAck.class);
      case UNSUBACK -> {
        Packet request = new Unsubscribe(2, List.of(), List.of("#"));
        yield new Exchange(alice, request, alice, UnsubAck.class);
      }
      case CONNACK_OF_A_NEW_SESSION -> {
        Packet request = RawClient.connect(ProtocolVersion.V5, "carol", false);
        yield new Exchange(bobAgain, request, bobAgain, ConnAck.class);
      }
      case CONNACK_OF_A_RESUMED_SESSION -> {
        Packet request = RawClient.connect(ProtocolVersion.V5, "bob", false);
        yield new Exchange(bobAgain, request, bobAgain, ConnAck.class);
      }
      case CONNACK_THAT_ENDS_A_SESSION -> {
        Packet request = RawClient.connect(ProtocolVersion.V5, "bob", true);
        yield new Exchange(bobAgain, request, bobAgain, ConnAck.class);
      }
      case DELIVERY_AT_QOS_1 ->
          new Exchange(bob, message(QoS.AT_LEAST_ONCE, 1, "m"), alice, Publish.class);
      case DELIVERY_AT_QOS_2 ->
          new Exchange(bob, message(QoS.EXACTLY_ONCE, 1, "m"), alice, Publish.class);
      case PUBREL -> {
        bob.send(message(QoS.EXACTLY_ONCE, 1, "m"));
        Publish delivered = alice.receive(Publish.class);
        yield new Exchange(alice, new PubRec(delivered.packetId()), alice, PubRel.class);
      }
    };
  }

  private static Packet message(QoS qos, int packetId, String text) {
    return RawClient.publish("a", qos, packetId, text.getBytes(StandardCharsets.UTF_8));
  }

  /// While one sync runs, the next batch gathers: what is in that one waits for the next sync.
  @Test
  void theSyncOfAnEarlierBatchIsNotEnough() throws Exception {
    try (WatchedBroker broker = new WatchedBroker(new WatchedDisk(Syncs.AS_IT_SHOULD));
        RawClient alice = new RawClient(broker.port(), ProtocolVersion.V3_1_1);
        RawClient bob = new RawClient(broker.port(), ProtocolVersion.V5)) {
      alice.connect("alice", false);
      alice.send(RawClient.subscribe(1, "#", QoS.AT_LEAST_ONCE));
      alice.receive(SubAck.class);
      bob.connect("bob", false);
      WatchedDisk disk = broker.disk();
      disk.holdAll();
      long before = disk.begun();
      bob.send(message(QoS.AT_LEAST_ONCE, 1, "mark-1"));
      disk.awaitBegun(before);
      bob.send(message(QoS.AT_LEAST_ONCE, 2, "mark-2"));
      ping(bob);
      disk.hold(marks -> marks.contains("mark-2"));
      assertEquals(1, bob.receive(PubAck.class).packetId());
      assertEquals("mark-1", alice.receive(Publish.class).payload().toUtf8());
      for (int i = 0; i < PINGS; i++) {
        ping(bob);
        ping(alice);
      }
      disk.letGo();
      assertEquals(2, bob.receive(PubAck.class).packetId());
      assertEquals("mark-2", alice.receive(Publish.class).payload().toUtf8());
    }
  }
}
