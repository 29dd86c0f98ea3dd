package io.holdfast.core.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.routing.RetainedMessages.Found;
import io.holdfast.core.routing.RetainedMessages.Retained;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The trees find what a look at each filter or topic finds, whatever is put in and taken out.
class MatchingTest {
  private static final List<String> NAMES = List.of("a", "b", "$c", "", "dd");
  private static final List<String> LEVELS = List.of("a", "b", "$c", "", "dd", "+", "+");

  private final Random random = new Random(7);

  private record Numbered(int queueNumber) implements Subscriber {
    @Override
    public boolean isDurable() {
      return queueNumber % 2 == 0;
    }
  }

  private String topic() {
    StringBuilder topic = new StringBuilder(NAMES.get(random.nextInt(NAMES.size())));
    for (int more = random.nextInt(4); more > 0; more--) {
      topic.append('/').append(NAMES.get(random.nextInt(NAMES.size())));
    }
    return topic.isEmpty() ? "/" : topic.toString();
  }

  private TopicFilter filter() {
    List<String> levels = new ArrayList<>();
    for (int more = 1 + random.nextInt(4); more > 0; more--) {
      levels.add(LEVELS.get(random.nextInt(LEVELS.size())));
    }
    if (random.nextInt(3) == 0) {
      levels.add("#");
    }
    String text = String.join("/", levels);
    return TopicFilter.parse(text.isEmpty() ? "/" : text).orElseThrow();
  }

  @Test
  void theTreeOfSubscriptionsFindsEveryFilterThatMatches() {
    SubscriptionTree tree = new SubscriptionTree();
    Map<Numbered, TopicFilter> there = new HashMap<>();
    for (int round = 0; round < 20_000; round++) {
      Numbered subscriber = new Numbered(random.nextInt(30));
      TopicFilter old = there.remove(subscriber);
      if (old != null) {
        tree.remove(old, subscriber);
      }
      if (random.nextInt(3) > 0) {
        TopicFilter filter = filter();
        tree.put(filter, subscriber, subscription(filter));
        there.put(subscriber, filter);
      }
      String topic = topic();
      TreeSet<Integer> expected = new TreeSet<>();
      there.forEach((who, filter) -> {
        if (filter.matches(topic)) {
          expected.add(who.queueNumber());
        }
      });
      TreeSet<Integer> found = new TreeSet<>();
      tree.match(topic, (who, subscription) -> found.add(who.queueNumber()));
      assertEquals(expected, found, topic);
    }
  }

  private static Subscription subscription(TopicFilter filter) {
    return new Subscription(filter.text(), QoS.AT_LEAST_ONCE, false, false, RetainHandling.SEND, 0);
  }

  @Test
  void theTreeOfRetainedMessagesFindsEveryTopicThatMatches() {
    RetainedMessages retained = new RetainedMessages();
    TreeMap<String, Long> there = new TreeMap<>();
    for (int round = 0; round < 20_000; round++) {
      String topic = topic();
      if (random.nextInt(3) == 0) {
        Optional<Retained> before = retained.remove(topic);
        assertEquals(
            Optional.ofNullable(there.remove(topic)), before.map(Retained::position), topic);
      } else {
        retained.put(topic, new Retained(round, LogRecord.NEVER, QoS.AT_LEAST_ONCE));
        there.put(topic, (long) round);
      }
      assertEquals(there.size(), retained.count());
      TopicFilter filter = filter();
      TreeSet<Long> expected = new TreeSet<>();
      there.forEach((name, position) -> {
        if (filter.matches(name)) {
          expected.add(position);
        }
      });
      TreeSet<Long> found = new TreeSet<>();
      int looksMax = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(5);
      Optional<String> stoppedAt = Optional.empty();
      do {
        int before = found.size();
        stoppedAt =
            retained.match(
                filter,
                stoppedAt,
                looksMax,
                one -> assertTrue(found.add(one.position()), "each is found once"));
        assertTrue(found.size() - before <= looksMax, "no more than so many are looked at");
      } while (stoppedAt.isPresent());
      assertEquals(expected, found, filter.text());
    }
  }

  @Test
  void aWalkOverRetainedMessagesMeetsEachOnceThoughSomeComeAndGo() {
    RetainedMessages retained = new RetainedMessages();
    for (int i = 0; i < 200; i++) {
      retained.put(topic(), new Retained(i, LogRecord.NEVER, QoS.AT_LEAST_ONCE));
    }
    TreeSet<String> stay = new TreeSet<>();
    TreeSet<String> met = new TreeSet<>();
    for (Optional<Found> next = retained.first();
        next.isPresent();
        next = retained.after(next.get().topic())) {
      stay.add(next.get().topic());
    }
    assertEquals(retained.count(), stay.size());
    for (Optional<Found> next = retained.first();
        next.isPresent();
        next = retained.after(next.get().topic())) {
      assertTrue(met.add(next.get().topic()), "each once: " + next);
      String gone = topic();
      retained.remove(gone);
      if (!met.contains(gone)) {
        stay.remove(gone);
      }
    }
    assertTrue(met.containsAll(stay), "what was there all the time is met");
  }

  @Test
  void expiredTopicsAreGivenInTheOrderOfTheirTime() {
    RetainedMessages retained = new RetainedMessages();
    retained.put("late", new Retained(1, 300, QoS.AT_LEAST_ONCE));
    retained.put("early", new Retained(2, 100, QoS.AT_LEAST_ONCE));
    retained.put("never", new Retained(3, LogRecord.NEVER, QoS.AT_LEAST_ONCE));
    retained.put("changed", new Retained(4, 50, QoS.AT_LEAST_ONCE));
    retained.put("changed", new Retained(5, 200, QoS.AT_LEAST_ONCE));
    retained.put("removed", new Retained(6, 10, QoS.AT_LEAST_ONCE));
    retained.remove("removed");
    assertEquals(List.of("early"), retained.expired(199, 10));
    assertEquals(List.of("early", "changed"), retained.expired(200, 10));
    assertEquals(List.of("early"), retained.expired(1000, 1));
  }
}
