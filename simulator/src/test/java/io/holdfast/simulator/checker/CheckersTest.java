package io.holdfast.simulator.checker;

import static io.holdfast.protocol.packet.QoS.AT_LEAST_ONCE;
import static io.holdfast.protocol.packet.QoS.AT_MOST_ONCE;
import static io.holdfast.protocol.packet.QoS.EXACTLY_ONCE;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.QueueLimit;
import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Disconnect;
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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Each checker catches what breaks its promise, and lets pass what keeps it.
class CheckersTest {
  private final Told told = new Told();

  private static void breaks(String promise, Executable story) {
    AssertionError broken = assertThrows(AssertionError.class, story);
    assertTrue(String.valueOf(broken.getMessage()).startsWith(promise + ":"), broken::getMessage);
  }

  private PacketLaw comesBack(PacketLaw alice) {
    alice.gone();
    return told.connected("alice", true);
  }

  // P1

  @Test
  void whatWasAcknowledgedAndNeverCameIsLost() {
    told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    told.published("t/1", AT_LEAST_ONCE);
    assertFalse(told.ledger.owesNothing());
    breaks("P1", told.ledger::checkAtTheEnd);
  }

  @Test
  void whatWasNeverAcknowledgedIsNotOwed() {
    told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    told.ledger.sent(told.message("t/1", AT_LEAST_ONCE));
    told.ledger.checkAtTheEnd();
  }

  @Test
  void whatCameIsNotOwedAnyMore() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Told.takes(alice, told.published("t/1", AT_LEAST_ONCE), 1);
    told.ledger.checkAtTheEnd();
  }

  @Test
  void anUnacknowledgedSubscriptionIsOwedNothing() {
    PacketLaw alice = told.connected("alice", false);
    Told.asksFor(alice, "t/#", AT_LEAST_ONCE);
    told.published("t/1", AT_LEAST_ONCE);
    told.ledger.checkAtTheEnd();
  }

  @Test
  void aSharedSubscriptionIsOwedWhatADurableMemberAskedFor() {
    PacketLaw alice = told.subscribed("alice", "$share/g/s/#", EXACTLY_ONCE);
    Message message = told.published("s/1", EXACTLY_ONCE);
    breaks("P1", told.ledger::checkAtTheEnd);
    Told.takesOnce(alice, message, 40_000, false);
    told.ledger.checkAtTheEnd();
  }

  // P2

  @Test
  void aSessionThatDoesNotExpireIsThere() {
    told.connected("alice", false).gone();
    breaks("P2", () -> told.connected("alice", false));
  }

  @Test
  void aSessionWhoseTimeHasPassedMayBeGone() {
    PacketLaw first = told.connecting("alice", false, 10, Optional.empty());
    Told.connAck(first, false);
    first.gone();
    told.world.pass(9_999);
    PacketLaw early = told.connecting("alice", false, 10, Optional.empty());
    breaks("P2", () -> Told.connAck(early, false));
    told.world.pass(1);
    PacketLaw late = told.connecting("alice", false, 10, Optional.empty());
    Told.connAck(late, false);
  }

  @Test
  void aCleanStartFindsNoSession() {
    told.connected("alice", false).gone();
    PacketLaw clean = told.connecting("alice", true, 10, Optional.empty());
    breaks("P2", () -> Told.connAck(clean, true));
  }

  @Test
  void anEndedSessionGivesNothingOfItsSubscriptions() {
    told.subscribed("alice", "t/#", AT_LEAST_ONCE).gone();
    Message message = told.published("t/1", AT_LEAST_ONCE);
    PacketLaw fresh = told.connecting("alice", true, 10, Optional.empty());
    Told.connAck(fresh, false);
    breaks("P2", () -> Told.gets(fresh, message, AT_LEAST_ONCE, 1, false));
  }

  @Test
  void whatIsPublishedAfterUnsubAckDoesNotCome() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message before = told.published("t/1", AT_LEAST_ONCE);
    Told.unsubscribe(alice, "t/#");
    Told.takes(alice, before, 1);
    Message after = told.published("t/1", AT_LEAST_ONCE);
    breaks("P2", () -> Told.gets(alice, after, AT_LEAST_ONCE, 2, false));
  }

  @Test
  void aFilterIsGrantedAsItWasAskedFor() {
    PacketLaw alice = told.connected("alice", false);
    Told.asksFor(alice, "t/#", EXACTLY_ONCE);
    breaks(
        "P2",
        () ->
            Told.gets(
                alice,
                new SubAck(1, List.of(ReasonCode.GRANTED_QOS_1), Optional.empty(), List.of())));
  }

  @Test
  void aMessageComesAtTheLowerOfBothQoS() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.published("t/1", EXACTLY_ONCE);
    breaks("P2", () -> Told.gets(alice, message, EXACTLY_ONCE, 1, false));
    breaks("P2", () -> Told.gets(alice, message, AT_MOST_ONCE, 0, false));
  }

  // P3 and P6

  @Test
  void whatExpiresMayBeMissedOnceItsTimeHasPassed() {
    told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.message("t/1", AT_LEAST_ONCE, false, 5);
    told.ledger.sent(message);
    told.ledger.accepted(message);
    told.world.pass(4_999);
    breaks("P1", told.ledger::checkAtTheEnd);
    told.world.pass(1);
    told.ledger.checkAtTheEnd();
  }

  @Test
  void whatHasExpiredIsNotSentForTheFirstTime() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.message("t/1", AT_LEAST_ONCE, false, 5);
    told.ledger.sent(message);
    told.world.pass(6_000);
    breaks("P3", () -> Told.gets(alice, Told.packet(message, AT_LEAST_ONCE, 1, false, false, 0)));
  }

  @Test
  void aMessageHasNoMoreTimeLeftThanItHad() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.message("t/1", AT_LEAST_ONCE, false, 5);
    told.ledger.sent(message);
    told.world.pass(2_000);
    breaks("P3", () -> Told.gets(alice, Told.packet(message, AT_LEAST_ONCE, 1, false, false, 6)));
    breaks("P3", () -> Told.gets(alice, Told.packet(message, AT_LEAST_ONCE, 2, false, false, 2)));
    Told.gets(alice, Told.packet(message, AT_LEAST_ONCE, 3, false, false, 3));
  }

  @Test
  void whatIsTooLargeForItsConsumerMayBeMissed() {
    PacketLaw alice = told.connecting("alice", false, 100, 30, 65535, Optional.empty());
    alice.received(
        new io.holdfast.protocol.packet.ConnAck(false, ReasonCode.SUCCESS, List.of()), 5);
    Told.asksFor(alice, "t/#", AT_LEAST_ONCE);
    alice.received(
        new SubAck(1, List.of(ReasonCode.GRANTED_QOS_1), Optional.empty(), List.of()), 6);
    told.published("t/1", AT_LEAST_ONCE);
    told.ledger.checkAtTheEnd();
  }

  @Test
  void aFullQueueMayMissTheNewestAndNoOther() {
    Told limited = new Told(2);
    PacketLaw alice = limited.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message first = limited.published("t/1", AT_LEAST_ONCE);
    Message second = limited.published("t/1", AT_LEAST_ONCE);
    limited.published("t/1", AT_LEAST_ONCE);
    Told.takes(alice, second, 2);
    breaks("P1", limited.ledger::checkAtTheEnd);
    assertTrue(first.number() < second.number());
  }

  private static Told droppingTheOldestOfThree() {
    return new Told(
        new QueueLimit(2, List.of(new Rule(Policy.DROP_OLDEST, new Scope.Everything()))), false);
  }

  @Test
  void theOldestMessageMayMakeRoomWhereAsManyNewerOnesWaitAsTheQueueHolds() {
    Told limited = droppingTheOldestOfThree();
    PacketLaw alice = limited.subscribed("alice", "t/#", AT_LEAST_ONCE);
    limited.published("t/1", AT_LEAST_ONCE);
    Message second = limited.published("t/1", AT_LEAST_ONCE);
    Message third = limited.published("t/1", AT_LEAST_ONCE);
    Told.takes(alice, second, 2);
    Told.takes(alice, third, 3);
    limited.world.accounts.put("alice", new QueueAccount(3, 2, 0, 0, 0, 0, 0, 0, 1, 0));
    limited.ledger.checkAtTheEnd();
  }

  @Test
  void aNewerMessageMayNotMakeRoom() {
    Told limited = droppingTheOldestOfThree();
    PacketLaw alice = limited.subscribed("alice", "t/#", AT_LEAST_ONCE);
    limited.published("t/1", AT_LEAST_ONCE);
    limited.published("t/1", AT_LEAST_ONCE);
    Told.takes(alice, limited.published("t/1", AT_LEAST_ONCE), 3);
    breaks("P1", limited.ledger::checkAtTheEnd);
  }

  @Test
  void theMessageThatFindsAQueueFullIsNotOwed() {
    Told limited = new Told(2);
    PacketLaw alice = limited.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Told.takes(alice, limited.published("t/1", AT_LEAST_ONCE), 1);
    Message second = limited.published("t/1", AT_LEAST_ONCE);
    Message third = limited.published("t/1", AT_LEAST_ONCE);
    limited.published("t/1", AT_LEAST_ONCE);
    Told.takes(alice, second, 2);
    Told.takes(alice, third, 3);
    limited.ledger.checkAtTheEnd();
  }

  /// It was on its way to the broker when the session asked for it, and may have come in behind.
  @Test
  void whatWasUnderWayWhenASessionSubscribedMayFillItsQueue() {
    Told limited = new Told(2);
    Message first = limited.message("t/1", AT_LEAST_ONCE);
    Message second = limited.message("t/1", AT_LEAST_ONCE);
    limited.ledger.sent(first);
    limited.ledger.sent(second);
    limited.subscribed("alice", "t/#", AT_LEAST_ONCE);
    limited.published("t/1", AT_LEAST_ONCE);
    limited.ledger.checkAtTheEnd();
  }

  /// It waits for its consumer as any other does, and he may take his time.
  @Test
  void whoGetsAMessageWithoutAPayloadDoesNotRest() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    told.world.pass(5_000);
    assertTrue(told.ledger.isQuiet(5_000_000_000L));
    Told.gets(
        alice,
        new Publish(
            false,
            AT_LEAST_ONCE,
            false,
            1,
            Bytes.utf8("t/1"),
            0,
            -1,
            SubscriptionIdentifiers.NONE,
            Bytes.EMPTY,
            Bytes.EMPTY));
    assertFalse(told.ledger.isQuiet(5_000_000_000L));
  }

  /// What waits for somebody is read back for him, and comes a while after he did.
  @Test
  void whoHasJustConnectedDoesNotRest() {
    told.world.pass(5_000);
    assertTrue(told.ledger.isQuiet(5_000_000_000L));
    told.connected("alice", false);
    assertFalse(told.ledger.isQuiet(5_000_000_000L));
    told.world.pass(5_000);
    assertTrue(told.ledger.isQuiet(5_000_000_000L));
  }

  @Test
  void whatNobodySentDoesNotCome() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message unsent = told.message("t/1", AT_LEAST_ONCE);
    breaks("P3", () -> Told.gets(alice, unsent, AT_LEAST_ONCE, 1, false));
  }

  @Test
  void whatStandsBehindABreachDoesNotCome() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.message("t/1", AT_LEAST_ONCE);
    told.ledger.sent(message);
    told.ledger.forbid(message);
    breaks("P3", () -> Told.gets(alice, message, AT_LEAST_ONCE, 1, false));
  }

  // P4

  @Test
  void aQoS2MessageComesOnce() {
    PacketLaw alice = told.subscribed("alice", "t/#", EXACTLY_ONCE);
    Message message = told.published("t/1", EXACTLY_ONCE);
    Told.takesOnce(alice, message, 1, false);
    alice.sent(new PubComp(1));
    breaks("P4", () -> Told.gets(alice, message, EXACTLY_ONCE, 2, false));
  }

  @Test
  void aQoS2MessageMayBeSentAgainAsLongAsItIsOpen() {
    PacketLaw alice = told.subscribed("alice", "t/#", EXACTLY_ONCE);
    Message message = told.published("t/1", EXACTLY_ONCE);
    Told.gets(alice, message, EXACTLY_ONCE, 1, false);
    alice.sent(new PubRec(1));
    PacketLaw again = comesBack(alice);
    Told.takesOnce(again, message, 1, true);
    PacketLaw third = comesBack(again);
    breaks("P4", () -> Told.gets(third, message, EXACTLY_ONCE, 1, true));
  }

  @Test
  void anOpenPacketIdIsForItsMessage() {
    PacketLaw alice = told.subscribed("alice", "t/#", EXACTLY_ONCE);
    Told.gets(alice, told.published("t/1", EXACTLY_ONCE), EXACTLY_ONCE, 1, false);
    PacketLaw again = comesBack(alice);
    Message other = told.published("t/1", EXACTLY_ONCE);
    breaks("P4", () -> Told.gets(again, other, EXACTLY_ONCE, 1, true));
  }

  @Test
  void aQoS1MessageComesAgainWithDupOnly() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.published("t/1", AT_LEAST_ONCE);
    Told.takes(alice, message, 1);
    PacketLaw again = comesBack(alice);
    Told.gets(again, message, AT_LEAST_ONCE, 1, true);
    PacketLaw third = comesBack(again);
    breaks("P4", () -> Told.gets(third, message, AT_LEAST_ONCE, 1, false));
  }

  @Test
  void anAcknowledgementThatIsSurelyRecordedIsNotForgotten() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.published("t/1", AT_LEAST_ONCE);
    Told.takes(alice, message, 1);
    for (int id = 5; id < 7; id++) {
      Message own = told.message("o/alice", AT_LEAST_ONCE, true, -1);
      told.ledger.sent(own);
      alice.sent(Told.packet(own, AT_LEAST_ONCE, id, false, true, -1));
      Told.gets(alice, new PubAck(id));
    }
    PacketLaw again = comesBack(alice);
    breaks("P4", () -> Told.gets(again, message, AT_LEAST_ONCE, 1, true));
  }

  @Test
  void whatAPublisherSentTwiceAtQoS1MayComeTwice() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.message("t/1", AT_LEAST_ONCE);
    told.ledger.sent(message);
    told.ledger.sent(message);
    Told.takes(alice, message, 1);
    Told.takes(alice, message, 2);
    breaks("P4", () -> Told.gets(alice, message, AT_LEAST_ONCE, 3, false));
  }

  @Test
  void aQoS2MessageGoesToOneMemberOfAGroup() {
    PacketLaw alice = told.subscribed("alice", "$share/g/s/#", EXACTLY_ONCE);
    PacketLaw carol = told.subscribed("carol", "$share/g/s/#", EXACTLY_ONCE);
    Message message = told.published("s/1", EXACTLY_ONCE);
    Told.takesOnce(alice, message, 1, false);
    breaks("P4", () -> Told.gets(carol, message, EXACTLY_ONCE, 1, false));
  }

  // P5

  @Test
  void messagesOfALineKeepTheirOrder() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message first = told.published("t/1", AT_LEAST_ONCE);
    Message second = told.published("t/1", AT_LEAST_ONCE);
    Message elsewhere = told.published("t/2", AT_LEAST_ONCE);
    Told.takes(alice, elsewhere, 1);
    Told.takes(alice, second, 2);
    breaks("P5", () -> Told.gets(alice, first, AT_LEAST_ONCE, 3, false));
  }

  @Test
  void whatWasSentAgainMayComeLateToWhoWasNotThere() {
    Message first = told.message("t/1", AT_LEAST_ONCE);
    told.ledger.sent(first);
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message second = told.published("t/1", AT_LEAST_ONCE);
    told.ledger.sent(first);
    Told.takes(alice, second, 1);
    Told.takes(alice, first, 2);
  }

  /// Who is told of a refusal goes on; and the connection may end before it is told.
  @Test
  void whatMayHaveBeenRefusedUnheardMayComeLate() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    told.world.lackSpace();
    Message first = told.message("t/1", AT_LEAST_ONCE);
    told.ledger.sent(first, true);
    Message second = told.published("t/1", AT_LEAST_ONCE);
    told.ledger.sent(first, true);
    Told.takes(alice, second, 1);
    Told.takes(alice, first, 2);
  }

  /// Who is not told, nothing is taken from any more.
  @Test
  void whereARefusalIsNotToldTheOrderIsKept() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    told.world.lackSpace();
    Message first = told.message("t/1", AT_LEAST_ONCE);
    told.ledger.sent(first, false);
    Message second = told.published("t/1", AT_LEAST_ONCE);
    told.ledger.sent(first, false);
    Told.takes(alice, second, 1);
    breaks("P5", () -> Told.gets(alice, first, AT_LEAST_ONCE, 2, false));
  }

  /// Whether what came as retained was the first of two copies, nobody can tell.
  @Test
  void theSecondOfTwoCopiesMayComeLateWhereTheFirstMayHaveComeAsRetained() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message first = told.message("t/1", AT_LEAST_ONCE, true, -1);
    told.ledger.sent(first);
    alice.received(Told.packet(first, AT_LEAST_ONCE, 1, false, true, -1), 100);
    told.ledger.sent(first);
    Message second = told.message("t/1", AT_LEAST_ONCE, true, -1);
    told.ledger.sent(second);
    Told.takes(alice, second, 2);
    Told.takes(alice, first, 3);
  }

  /// Each of two copies may have been acknowledged, and have had the same packet identifier.
  @Test
  void theSecondOfTwoCopiesHasNoOrderAmongWhatComesAgain() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message first = told.published("t/1", AT_LEAST_ONCE);
    told.ledger.sent(first);
    Message second = told.published("t/2", AT_LEAST_ONCE);
    Told.takes(alice, first, 1);
    Told.gets(alice, second, AT_LEAST_ONCE, 2, false);
    PacketLaw again = comesBack(alice);
    Told.gets(again, second, AT_LEAST_ONCE, 2, true);
    Told.gets(again, first, AT_LEAST_ONCE, 1, true);
  }

  @Test
  void whatComesAgainKeepsItsOrder() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message first = told.published("t/1", AT_LEAST_ONCE);
    Message second = told.published("t/2", AT_LEAST_ONCE);
    Told.gets(alice, first, AT_LEAST_ONCE, 1, false);
    Told.gets(alice, second, AT_LEAST_ONCE, 2, false);
    PacketLaw again = comesBack(alice);
    Told.gets(again, first, AT_LEAST_ONCE, 1, true);
    Told.gets(again, second, AT_LEAST_ONCE, 2, true);
    PacketLaw third = comesBack(again);
    Told.gets(third, second, AT_LEAST_ONCE, 2, true);
    breaks("P5", () -> Told.gets(third, first, AT_LEAST_ONCE, 1, true));
  }

  /// A packet identifier is used again after a refusal: the message is another one.
  @Test
  void whatComesUnderARefusedIdentifierHasAnOrderOfItsOwn() {
    PacketLaw alice = told.subscribed("alice", "t/#", EXACTLY_ONCE);
    Told.gets(alice, told.published("t/1", EXACTLY_ONCE), EXACTLY_ONCE, 1, false);
    alice.sent(new PubRec(1, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR));
    Message second = told.published("t/2", AT_LEAST_ONCE);
    Message third = told.published("t/3", AT_LEAST_ONCE);
    Told.gets(alice, second, AT_LEAST_ONCE, 2, false);
    Told.gets(alice, third, AT_LEAST_ONCE, 1, false);
    PacketLaw again = comesBack(alice);
    Told.gets(again, second, AT_LEAST_ONCE, 2, true);
    Told.gets(again, third, AT_LEAST_ONCE, 1, true);
  }

  // Retained messages

  @Test
  void whatWasReplacedDoesNotComeBack() {
    Message old = retained();
    retained();
    PacketLaw alice = told.subscribed("alice", "r/#", AT_LEAST_ONCE);
    breaks("retained", () -> Told.gets(alice, Told.packet(old, AT_LEAST_ONCE, 1, false, true, -1)));
  }

  @Test
  void theLastOneAcceptedIsThere() {
    Message message = retained();
    RetainedCheck check = told.ledger.retained();
    breaks("retained", () -> check.checkAll("r/", "reader", Set.of()));
    check.checkAll("r/", "reader", Set.of(message.number()));
  }

  @Test
  void whatMayHaveBeenClearedMayBeGone() {
    retained();
    Message clear =
        told.ledger.newMessage(
            "bob", new Message.Draft("r/1", AT_LEAST_ONCE, true, -1, Bytes.EMPTY, -1));
    RetainedCheck check = told.ledger.retained();
    breaks("retained", () -> check.checkAll("r/", "reader", Set.of()));
    told.ledger.sent(clear);
    check.checkAll("r/", "reader", Set.of());
  }

  private Message retained() {
    Message message = told.message("r/1", AT_LEAST_ONCE, true, -1);
    told.ledger.sent(message);
    told.ledger.accepted(message);
    return message;
  }

  // Wills

  private Message will() {
    return told.ledger.newWill(
        "bob", new Message.Draft("w/bob", EXACTLY_ONCE, false, -1, Bytes.EMPTY, 3));
  }

  private PacketLaw bobWith(Message will, boolean present) {
    PacketLaw bob = told.connecting("bob", false, 100, Optional.of(will));
    Told.connAck(bob, present);
    return bob;
  }

  /// A message was sent twice, both copies were kept at QoS 0, and a crash forgot that they had
  /// gone out: once called one time too many.
  @Test
  void aCrashMayRepeatEachCopyThatIsKeptAtQoS0Once() {
    Told kept = new Told(QueueLimit.NONE, true);
    PacketLaw alice = kept.subscribed("alice", "t/#", AT_MOST_ONCE);
    Message message = kept.message("t/1", AT_LEAST_ONCE);
    kept.ledger.sent(message);
    kept.ledger.sent(message);
    kept.ledger.accepted(message);
    kept.world.crash();
    for (int copies = 0; copies < 4; copies++) {
      Told.gets(alice, message, AT_MOST_ONCE, 0, false);
    }
    breaks("P4", () -> Told.gets(alice, message, AT_MOST_ONCE, 0, false));
  }

  @Test
  void theWillOfALostClientIsPublished() {
    told.subscribed("alice", "w/#", EXACTLY_ONCE);
    bobWith(will(), false).gone();
    bobWith(will(), true);
    breaks("P1", told.ledger::checkAtTheEnd);
  }

  @Test
  void aWillMayBeCalledOffAfterARestart() {
    told.subscribed("alice", "w/#", EXACTLY_ONCE);
    PacketLaw bob = bobWith(will(), false);
    told.world.crash();
    bob.gone();
    bobWith(will(), true);
    told.ledger.checkAtTheEnd();
  }

  @Test
  void aWillIsPublishedOnce() {
    PacketLaw alice = told.subscribed("alice", "w/#", EXACTLY_ONCE);
    Message will = will();
    bobWith(will, false).gone();
    Told.takesOnce(alice, will, 1, false);
    alice.sent(new PubComp(1));
    breaks("P4", () -> Told.gets(alice, will, EXACTLY_ONCE, 2, false));
  }

  @Test
  void whoSaysGoodbyeHasNoWill() {
    told.world.heal();
    PacketLaw alice = told.subscribed("alice", "w/#", EXACTLY_ONCE);
    Message will = will();
    PacketLaw bob = bobWith(will, false);
    bob.sent(new Disconnect(ReasonCode.SUCCESS));
    bob.gone();
    breaks("P3", () -> Told.gets(alice, will, EXACTLY_ONCE, 1, false));
  }

  @Test
  void whatAConsumerHasReceivedIsReleasedInTheEnd() {
    PacketLaw alice = told.subscribed("alice", "t/#", EXACTLY_ONCE);
    Told.gets(alice, told.published("t/1", EXACTLY_ONCE), EXACTLY_ONCE, 1, false);
    assertFalse(told.ledger.owesNothing());
    breaks("P4", told.ledger::checkAtTheEnd);
    alice.sent(new PubRec(1));
    Told.gets(alice, new PubRel(1));
    told.ledger.checkAtTheEnd();
  }

  @Test
  void whatWasHandledLongAgoNeverComesAgain() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message handled = told.published("t/1", AT_LEAST_ONCE);
    Told.takes(alice, handled, 1);
    alice.gone();
    told.ledger.rest();
    PacketLaw again = told.connected("alice", true);
    breaks("P3", () -> Told.gets(again, handled, AT_LEAST_ONCE, 1, true));
  }

  // P9

  /// What the broker says of a queue with the counts that the tests are about.
  private void says(String queue, long accepted, long handled, long waiting, long expired) {
    told.world.accounts.put(
        queue, new QueueAccount(accepted, handled, waiting, expired, 0, 0, 0, 0, 0, 0));
  }

  private PacketLaw aliceTakesTwo() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Told.takes(alice, told.published("t/1", AT_LEAST_ONCE), 1);
    Told.takes(alice, told.published("t/1", AT_LEAST_ONCE), 2);
    return alice;
  }

  @Test
  void p9AnAccountThatAgreesWithWhatWasSeenIsLetPass() {
    aliceTakesTwo();
    says("session alice", 2, 2, 0, 0);
    told.ledger.checkAtTheEnd();
    told.ledger.rest();
  }

  @Test
  void p9WhatWasOwedIsAccepted() {
    aliceTakesTwo();
    says("session alice", 1, 1, 0, 0);
    breaks("P9", told.ledger::checkAtTheEnd);
  }

  @Test
  void p9WhatCameIsAcceptedThoughItWasNotOwed() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.message("t/1", AT_LEAST_ONCE);
    told.ledger.sent(message);
    Told.takes(alice, message, 1);
    says("session alice", 0, 0, 0, 0);
    breaks("P9", told.ledger::checkAtTheEnd);
  }

  @Test
  void p9NoMoreIsAcceptedThanWasSent() {
    aliceTakesTwo();
    says("session alice", 3, 2, 1, 0);
    breaks("P9", told.ledger::checkAtTheEnd);
  }

  @Test
  void p9NoMoreIsHandledThanWasAcknowledged() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Told.gets(alice, told.published("t/1", AT_LEAST_ONCE), AT_LEAST_ONCE, 1, false);
    says("session alice", 1, 1, 0, 0);
    breaks("P9", told.ledger::checkAtTheEnd);
    alice.sent(new PubAck(1));
    told.ledger.checkAtTheEnd();
  }

  @Test
  void p9WhatNeverCameIsCountedUnderItsReason() {
    PacketLaw alice = told.subscribed("alice", "t/#", AT_LEAST_ONCE);
    Message message = told.message("t/1", AT_LEAST_ONCE, false, 1);
    told.ledger.sent(message);
    told.ledger.accepted(message);
    alice.sent(new PubAck(7));
    told.world.pass(2000);
    says("session alice", 1, 1, 0, 0);
    breaks("P9", told.ledger::checkAtTheEnd);
    says("session alice", 1, 0, 0, 1);
    told.ledger.checkAtTheEnd();
  }

  @Test
  void p9NothingExpiresThatHasNoEnd() {
    aliceTakesTwo();
    says("session alice", 2, 1, 0, 1);
    breaks("P9", told.ledger::checkAtTheEnd);
  }

  @Test
  void p9WhenAllWasHandledNothingWaits() {
    aliceTakesTwo();
    says("session alice", 2, 1, 1, 0);
    told.ledger.checkAtTheEnd();
    breaks("P9", told.ledger::rest);
  }

  @Test
  void p9ASharedSubscriptionAcceptsWhatItIsOwed() {
    PacketLaw alice = told.subscribed("alice", "$share/g/s/#", EXACTLY_ONCE);
    Told.takesOnce(alice, told.published("s/1", EXACTLY_ONCE), 40_000, false);
    alice.sent(new PubComp(40_000));
    says("session alice", 1, 1, 0, 0);
    says("shared $share/g/s/#", 0, 0, 0, 0);
    breaks("P9", told.ledger::checkAtTheEnd);
    says("shared $share/g/s/#", 1, 1, 0, 0);
    told.ledger.checkAtTheEnd();
  }
}
