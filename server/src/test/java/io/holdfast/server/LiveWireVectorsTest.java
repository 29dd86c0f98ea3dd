package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Event;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Disconnect;
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
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.wire.WireVector;
import io.holdfast.server.transport.TransportLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// A live broker answers each wire vector that a client may send it as its line says, and goes on
/// serving others.
@Timeout(60)
class LiveWireVectorsTest {
  private static final Path WIRE = Path.of("../protocol/src/test/resources/wire");

  /// Valid packets that end a connection all the same.
  private static final List<Ended> ENDED =
      List.of(
          new Ended("auth-continue", ProtocolVersion.V5, ReasonCode.PROTOCOL_ERROR),
          new Ended("auth-again", ProtocolVersion.V5, ReasonCode.PROTOCOL_ERROR),
          new Ended("auth-success-in-short", ProtocolVersion.V5, ReasonCode.PROTOCOL_ERROR),
          new Ended("disconnect-session-expiry", ProtocolVersion.V5, ReasonCode.PROTOCOL_ERROR),
          new Ended("topic-alias-highest", ProtocolVersion.V5, ReasonCode.TOPIC_ALIAS_INVALID),
          new Ended("topic-alias-alone", ProtocolVersion.V5, ReasonCode.PROTOCOL_ERROR),
          new Ended("any-text-as-a-filter", ProtocolVersion.V3_1, ReasonCode.TOPIC_FILTER_INVALID));

  private record Ended(String name, ProtocolVersion version, ReasonCode reasonCode) {}

  @TestFactory
  Stream<DynamicNode> aLiveBrokerAnswersEachVectorAsItsLineSays() throws Exception {
    TestBroker broker =
        TestBroker.start(
            BrokerSettings.defaults().withMaximumPacketSize(WireVector.PACKET_BYTES_MAX),
            TransportLimits.forHeap(256 << 20).withPacketBytesMax(WireVector.PACKET_BYTES_MAX),
            TestBroker.ANYBODY);
    return Stream.<DynamicNode>of(
            tests("first", vector -> first(broker, vector)),
            tests("from-client", vector -> fromClient(broker, vector)),
            dynamicTest("others are served still", () -> othersAreServed(broker)))
        .onClose(broker::close);
  }

  private interface Check {
    void run(WireVector vector) throws IOException;
  }

  private static DynamicContainer tests(String folder, Check check) throws IOException {
    return dynamicContainer(
        folder,
        WireVector.readAll(WIRE.resolve(folder)).stream()
            .map(vector -> dynamicTest(vector.toString(), () -> check.run(vector))));
  }

  // What opens a connection

  private static void first(TestBroker broker, WireVector vector) throws IOException {
    int eventsBefore = broker.said().events().size();
    try (RawClient client = new RawClient(broker.port(), vector.version())) {
      client.send(vector.bytes().toArray());
      Optional<ReasonCode> answer = answer(vector);
      if (answer.isPresent()) {
        assertEquals(answer.get(), client.receive(ConnAck.class).reasonCode());
      }
      boolean letIn = answer.equals(Optional.of(ReasonCode.SUCCESS));
      if (letIn) {
        client.send(new PingReq());
        client.receive(PingResp.class);
      } else {
        client.finish();
        Optional<Packet> last = client.receive();
        if (last.isPresent()) {
          assertEquals(refusal(vector), Optional.of(((ConnAck) last.get()).reasonCode()));
        }
      }
      boolean refused = !letIn && !kind(vector).equals("incomplete");
      assertEquals(refused ? 1 : 0, refusals(broker, client, eventsBefore));
    }
  }

  /// The reason code of CONNACK. None where something else came than a CONNECT that is whole and
  /// valid: nobody knows then what would be understood.
  private static Optional<ReasonCode> answer(WireVector vector) {
    return switch (kind(vector)) {
      case "CONNECT" ->
          vector.expected().endsWith(" maximum-packet-size=1")
              ? Optional.empty() // no CONNACK is so small [MQTT-3.1.2-24]
              : Optional.of(answerToConnect(vector));
      case "unsupported" -> Optional.of(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
      default -> Optional.empty();
    };
  }

  /// What a CONNACK may say to a malformed CONNECT, where the version of that could be read
  /// [MQTT-3.1.4-1].
  private static Optional<ReasonCode> refusal(WireVector vector) {
    return kind(vector).equals("malformed") && vector.version().isV5()
        ? Optional.of(malformed(vector))
        : Optional.empty();
  }

  private static ReasonCode answerToConnect(WireVector vector) {
    if (vector.expected().contains(" method=")) {
      return ReasonCode.BAD_AUTHENTICATION_METHOD;
    }
    boolean needsClientId = vector.version() == ProtocolVersion.V3_1;
    return needsClientId && vector.expected().startsWith("CONNECT \"\"")
        ? ReasonCode.CLIENT_IDENTIFIER_NOT_VALID
        : ReasonCode.SUCCESS;
  }

  // What comes from a client that was let in

  private static void fromClient(TestBroker broker, WireVector vector) throws IOException {
    int eventsBefore = broker.said().events().size();
    try (RawClient client = new RawClient(broker.port(), vector.version())) {
      assertEquals(ReasonCode.SUCCESS, client.connect(vector.toString(), true).reasonCode());
      client.send(vector.bytes().toArray());
      Optional<Ended> ended =
          ENDED.stream()
              .filter(end -> end.name.equals(vector.name()) && end.version == vector.version())
              .findFirst();
      if (kind(vector).equals("malformed")) {
        assertEnds(client, vector.version(), malformed(vector));
        assertEquals(1, refusals(broker, client, eventsBefore));
        return;
      }
      if (ended.isPresent()) {
        assertEnds(client, vector.version(), ended.get().reasonCode);
        return;
      }
      if (kind(vector).equals("DISCONNECT")) {
        assertEquals(Optional.empty(), client.receive(), "who takes leave hears nothing more");
      } else {
        if (kind(vector).equals("incomplete")) {
          client.send(new byte[packetBytes(vector) - vector.bytes().length()]);
        }
        assertGoesOn(client, answers(vector));
      }
      assertEquals(0, refusals(broker, client, eventsBefore));
    }
  }

  /// Only 5.0 has words for why.
  private static void assertEnds(RawClient client, ProtocolVersion version, ReasonCode why)
      throws IOException {
    if (version.isV5()) {
      assertEquals(why, client.receive(Disconnect.class).reasonCode());
    }
    assertEquals(Optional.empty(), client.receive(), "nothing more is said");
  }

  /// The answers may come in any order, and behind messages.
  private static void assertGoesOn(RawClient client, List<Class<? extends Packet>> answers)
      throws IOException {
    List<Class<? extends Packet>> awaited = new ArrayList<>(answers);
    client.send(new PingReq());
    awaited.add(PingResp.class);
    while (!awaited.isEmpty()) {
      Packet packet = client.receive().orElseThrow(() -> new AssertionError("the end: " + awaited));
      assertTrue(
          awaited.remove(packet.getClass()) || packet instanceof Publish,
          () -> packet + " where these were awaited: " + awaited);
    }
  }

  private static List<Class<? extends Packet>> answers(WireVector vector) {
    return switch (kind(vector)) {
      case "PUBLISH" -> {
        if (vector.expected().contains("\" qos=1 ")) {
          yield List.of(PubAck.class);
        }
        yield vector.expected().contains("\" qos=2 ") ? List.of(PubRec.class) : List.of();
      }
      case "PUBREL" -> List.of(PubComp.class);
      case "SUBSCRIBE" -> List.of(SubAck.class);
      case "UNSUBSCRIBE" -> List.of(UnsubAck.class);
      case "PINGREQ" -> List.of(PingResp.class);
      case "PUBREC" ->
          vector.expected().matches("PUBREC \\d+ 0x[89A-F].*") ? List.of() : List.of(PubRel.class);
      case "PUBACK", "PUBCOMP" -> List.of();
      case "incomplete" -> vector.bytes().length() == 1 ? List.of(PingResp.class) : List.of();
      default -> throw new IllegalArgumentException("no answer is known: " + vector.expected());
    };
  }

  private static void othersAreServed(TestBroker broker) throws IOException {
    try (RawClient client = new RawClient(broker.port(), ProtocolVersion.V5)) {
      client.connect("other", true);
      client.send(RawClient.subscribe(1, "other", QoS.AT_LEAST_ONCE));
      client.receive(SubAck.class);
      client.send(RawClient.publish("other", QoS.AT_LEAST_ONCE, 2, new byte[] {7}));
      assertGoesOn(client, List.of(PubAck.class, Publish.class));
    }
    assertEquals(List.of(), broker.said().fatal());
    assertEquals(List.of(), broker.said().events(Event.Warning.class));
  }

  // What a line says

  private static String kind(WireVector vector) {
    return vector.expected().split(" ", 2)[0];
  }

  private static ReasonCode malformed(WireVector vector) {
    int code = Integer.decode(vector.expected().split(" ", 2)[1]);
    return Stream.of(ReasonCode.values()).filter(r -> r.code() == code).findFirst().orElseThrow();
  }

  /// The length of a packet of which the start has come; that of the shortest while it is unknown.
  private static int packetBytes(WireVector vector) {
    return Math.max(2, Integer.parseInt(vector.expected().split(" ", 2)[1]));
  }

  /// How often an operator was told since then that `client` broke the protocol, or was not let in.
  private static long refusals(TestBroker broker, RawClient client, int eventsBefore) {
    return broker.said().events().stream()
        .skip(eventsBefore)
        .filter(event ->
            event instanceof Event.Refused refused && refused.address().equals(client.address()))
        .count();
  }
}
