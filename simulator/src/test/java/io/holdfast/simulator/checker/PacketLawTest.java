package io.holdfast.simulator.checker;

import static io.holdfast.protocol.packet.QoS.AT_LEAST_ONCE;
import static io.holdfast.protocol.packet.QoS.EXACTLY_ONCE;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The law of packets catches who breaks it.
class PacketLawTest {
  private final Told told = new Told();

  private static void breaks(PacketLaw law, Packet packet) {
    AssertionError broken = assertThrows(AssertionError.class, () -> Told.gets(law, packet));
    assertTrue(String.valueOf(broken.getMessage()).startsWith("MQTT:"), broken::getMessage);
  }

  @Test
  void nothingPrecedesConnAck() {
    PacketLaw alice = told.connecting("alice");
    breaks(alice, new PubAck(1));
  }

  @Test
  void nobodyAnswersWhatWasNotAsked() {
    PacketLaw alice = told.connected("alice", false);
    breaks(alice, new PubAck(1));
    breaks(alice, new PubRec(1));
    breaks(alice, new PubComp(1));
    breaks(alice, new PubRel(1));
    breaks(alice, new PingResp());
    breaks(alice, new SubAck(1, List.of(ReasonCode.SUCCESS), Optional.empty(), List.of()));
    alice.sent(new PingReq());
    Told.gets(alice, new PingResp());
  }

  @Test
  void anAnswerFitsItsQuestion() {
    PacketLaw alice = told.connected("alice", false);
    Message message = told.message("t/1", EXACTLY_ONCE);
    told.ledger.sent(message);
    alice.sent(Told.packet(message, EXACTLY_ONCE, 1, false, false, -1));
    breaks(alice, new PubAck(1));
    alice.sent(Told.packet(message, EXACTLY_ONCE, 1, false, false, -1));
    Told.gets(alice, new PubRec(1));
    breaks(alice, new PubComp(1));
    alice.sent(new PubRel(1));
    Told.gets(alice, new PubComp(1));
  }

  @Test
  void aPacketIdInUseIsNotUsedAgain() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Told.gets(alice, told.published("t/1", AT_LEAST_ONCE), AT_LEAST_ONCE, 1, false);
    Message next = told.published("t/1", AT_LEAST_ONCE);
    breaks(alice, Told.packet(next, AT_LEAST_ONCE, 1, false, false, -1));
  }

  @Test
  void theReceiveMaximumIsKept() {
    PacketLaw alice = told.connecting("alice", false, 100, -1, 1, Optional.empty());
    Told.connAck(alice, false);
    Told.subscribe(alice, "t/#", AT_LEAST_ONCE);
    Told.takes(alice, told.published("t/1", AT_LEAST_ONCE), 1);
    Told.gets(alice, told.published("t/1", AT_LEAST_ONCE), AT_LEAST_ONCE, 2, false);
    Message third = told.published("t/1", AT_LEAST_ONCE);
    breaks(alice, Told.packet(third, AT_LEAST_ONCE, 3, false, false, -1));
  }

  @Test
  void theLargestPacketIsKept() {
    PacketLaw alice = told.connecting("alice", false, 100, 50, 65535, Optional.empty());
    assertThrows(AssertionError.class, () -> Told.connAck(alice, false));
  }

  @Test
  void aNewSessionHasNoLeftovers() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.published("t/1", AT_LEAST_ONCE);
    breaks(alice, Told.packet(message, AT_LEAST_ONCE, 1, true, false, -1));
  }

  @Test
  void whatComesAgainComesBeforeWhatIsNew() {
    told.subscribed("alice", "t/#", AT_LEAST_ONCE).gone();
    PacketLaw alice = told.connected("alice", true);
    Message first = told.published("t/1", AT_LEAST_ONCE);
    Message second = told.published("t/1", AT_LEAST_ONCE);
    Told.gets(alice, first, AT_LEAST_ONCE, 1, false);
    breaks(alice, Told.packet(second, AT_LEAST_ONCE, 2, true, false, -1));
  }

  @Test
  void pubRelOfEarlierConnectionsGoesFirst() {
    PacketLaw alice = told.subscribed("alice", "t/#", EXACTLY_ONCE);
    Told.gets(alice, told.published("t/1", EXACTLY_ONCE), EXACTLY_ONCE, 1, false);
    alice.sent(new PubRec(1));
    alice.gone();
    PacketLaw again = told.connected("alice", true);
    Told.gets(again, told.published("t/1", EXACTLY_ONCE), EXACTLY_ONCE, 2, false);
    breaks(again, new PubRel(1));
  }

  @Test
  void anAliasIsToldBeforeItIsUsed() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.published("t/1", AT_LEAST_ONCE);
    breaks(alice, underAlias(message, 1, Bytes.EMPTY, 1));
    breaks(alice, underAlias(message, 2, Bytes.utf8("t/1"), 4));
    Told.gets(alice, underAlias(message, 3, Bytes.utf8("t/1"), 1));
    Told.gets(alice, underAlias(told.published("t/1", AT_LEAST_ONCE), 4, Bytes.EMPTY, 1));
  }

  private static Publish underAlias(Message message, int packetId, Bytes topic, int alias) {
    return new Publish(
        false,
        AT_LEAST_ONCE,
        false,
        packetId,
        topic,
        alias,
        -1,
        SubscriptionIdentifiers.NONE,
        Bytes.EMPTY,
        message.payload());
  }

  @Test
  void whoKeepsTheProtocolIsNotCutOff() {
    PacketLaw alice = told.connected("alice", false);
    breaks(alice, new Disconnect(ReasonCode.PROTOCOL_ERROR));
    Told.gets(alice, new Disconnect(ReasonCode.SERVER_SHUTTING_DOWN));
    breaks(alice, new PingResp());
  }

  private void publishes(PacketLaw law, Message message, int packetId, boolean dup) {
    told.ledger.sent(message);
    law.sent(Told.packet(message, message.qos(), packetId, dup, false, -1));
  }

  @Test
  void answersOfOneKindKeepTheOrderOfWhatTheyAnswer() {
    PacketLaw alice = told.connected("alice", false);
    publishes(alice, told.message("t/1", AT_LEAST_ONCE), 1, false);
    publishes(alice, told.message("t/1", EXACTLY_ONCE), 2, false);
    publishes(alice, told.message("t/1", AT_LEAST_ONCE), 3, false);
    Told.gets(alice, new PubRec(2));
    breaks(alice, new PubAck(3));
  }

  @Test
  void whatIsRepeatedIsAnsweredTwice() {
    PacketLaw alice = told.connected("alice", false);
    Message message = told.message("t/1", EXACTLY_ONCE);
    publishes(alice, message, 1, false);
    publishes(alice, message, 1, true);
    Told.gets(alice, new PubRec(1));
    alice.sent(new PubRel(1));
    Told.gets(alice, new PubRec(1));
    breaks(alice, new PubRec(1));
    Told.gets(alice, new PubComp(1));
  }
}
