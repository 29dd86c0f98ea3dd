package io.holdfast.core.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final Bytes TOPIC = Bytes.utf8("t");

  private final Router router = new Router(100);

  private record Named(int queueNumber, boolean isDurable) implements Subscriber {}

  private Named subscribe(int number, boolean durable, String filter, int identifier) {
    Named subscriber = new Named(number, durable);
    router.put(
        TopicFilter.parse(filter).orElseThrow(),
        subscriber,
        new Subscription(filter, QoS.AT_LEAST_ONCE, false, false, RetainHandling.SEND, identifier));
    return subscriber;
  }

  private void unsubscribe(Named subscriber, String filter) {
    router.remove(TopicFilter.parse(filter).orElseThrow(), subscriber);
  }

  private TargetSet durable() {
    return router.targets(TOPIC, null).durable();
  }

  private TargetSet define(long position) {
    TargetSet set = durable();
    router.define(router.nextNumber(), set.groups(), position);
    return set;
  }

  @Test
  void aSetThatIsMatchedAgainIsTheOneThatHasANumber() {
    subscribe(1, true, "t", 0);
    subscribe(2, true, "+", 5);
    TargetSet first = define(10);
    assertEquals(1, first.number());
    Named third = subscribe(3, true, "#", 0);
    assertNotSame(first, durable());
    assertFalse(first.isInArrays(), "no topic has it: it lies in bitmaps");
    assertEquals(5, first.identifiersOf(2).at(0));
    assertEquals(0, first.identifiersOf(1).count());
    List<Integer> members = new ArrayList<>();
    first.forEach((option, queues, count) -> {
      for (int i = 0; i < count; i++) {
        members.add(queues[i]);
      }
    });
    assertEquals(List.of(1, 2), members);
    unsubscribe(third, "#");
    assertSame(first, durable());
    assertTrue(first.isInArrays(), "a topic has it again");
    assertTrue(first.optionOf(2).isPresent());
  }

  @Test
  void aSetReadFromARecordIsTheOneThatIsMatched() {
    subscribe(1, true, "t", 0);
    subscribe(2, true, "t", 7);
    Router recovered = new Router(100);
    recovered.define(4, durable().groups(), 10);
    recovered.put(TopicFilter.parse("t").orElseThrow(), new Named(1, true), plain(0));
    recovered.put(TopicFilter.parse("t").orElseThrow(), new Named(2, true), plain(7));
    assertEquals(4, recovered.targets(TOPIC, null).durable().number());
    assertEquals(5, recovered.nextNumber());
  }

  private static Subscription plain(int identifier) {
    return new Subscription("t", QoS.AT_LEAST_ONCE, false, false, RetainHandling.SEND, identifier);
  }

  @Test
  void transientSessionsChangeNothingThatRecordsSay() {
    subscribe(1, true, "t", 0);
    subscribe(2, true, "t", 0);
    TargetSet set = define(10);
    for (int i = 3; i < 50; i++) {
      subscribe(i, false, i % 2 == 0 ? "t" : "#", 0);
      assertSame(set, durable());
      assertEquals(i - 2, router.targets(TOPIC, null).transients().count());
    }
  }

  @Test
  void aSetIsForgottenWithTheLastRecordThatNamesIt() {
    subscribe(1, true, "t", 0);
    Named two = subscribe(2, true, "t", 0);
    TargetSet old = define(10);
    old.usedAt(20);
    unsubscribe(two, "t");
    subscribe(3, true, "t", 0);
    TargetSet current = define(30);
    router.forgetSetsBefore(20);
    assertSame(old, router.numbered(1));
    router.forgetSetsBefore(31);
    assertThrows(IllegalStateException.class, () -> router.numbered(1));
    assertEquals(0, current.number(), "it gets another one when it is named again");
    assertEquals(3, define(40).number());
  }

  /// Recovery reads of both, from a snapshot that was taken before the set was forgotten.
  @Test
  void aSetThatCameAgainIsFoundByBothItsNumbers() {
    subscribe(1, true, "t", 0);
    subscribe(2, true, "t", 0);
    TargetSet set = define(10);
    router.define(7, set.groups(), 20);
    assertArrayEquals(new int[] {1, 7}, router.setsWith(2));
    assertArrayEquals(new int[0], router.setsWith(3));
  }

  @Test
  void aPublisherThatDoesNotWantItsOwnIsLeftOut() {
    Named bridge = new Named(1, true);
    router.put(
        TopicFilter.parse("#").orElseThrow(),
        bridge,
        new Subscription("#", QoS.AT_LEAST_ONCE, true, false, RetainHandling.SEND, 0));
    subscribe(2, true, "t", 0);
    assertEquals(2, durable().count());
    TargetSet others = router.targets(TOPIC, bridge).durable();
    assertEquals(1, others.count());
    assertSame(others, router.targets(TOPIC, bridge).durable());
    Named third = subscribe(3, true, "t", 0);
    assertEquals(2, router.targets(TOPIC, bridge).durable().count());
    assertEquals(3, router.targets(TOPIC, third).durable().count());
  }

  @Test
  void moreTopicsThanAreRememberedAreMatchedAllTheSame() {
    subscribe(1, true, "+", 0);
    subscribe(2, false, "#", 0);
    for (int i = 0; i < 1000; i++) {
      Bytes topic = Bytes.utf8("topic-" + i);
      assertEquals(1, router.targets(topic, null).durable().count());
      assertEquals(1, router.targets(topic, null).transients().count());
    }
  }
}
