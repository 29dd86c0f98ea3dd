package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueLimitTest {
  private static final Scope ALARMS = new Scope.Topic(TopicFilter.parse("alarm/#").orElseThrow());

  private static Policy policyOf(String owner, String topic, Rule... rules) {
    return new QueueLimit(1, List.of(rules)).policy(owner, topic);
  }

  @Test
  void theNewestIsDroppedWhereNoRuleMatches() {
    assertEquals(Policy.DROP_NEWEST, policyOf("a", "t"));
    assertEquals(Policy.DROP_NEWEST, policyOf("a", "t", new Rule(Policy.REJECT, ALARMS)));
  }

  @Test
  void theFirstRuleThatMatchesIsFollowed() {
    Rule alarms = new Rule(Policy.REJECT, ALARMS);
    Rule sensors = new Rule(Policy.DROP_NEWEST, new Scope.Owner("sensor-*"));
    Rule all = new Rule(Policy.REJECT, new Scope.Everything());
    assertEquals(Policy.REJECT, policyOf("sensor-1", "alarm/1", alarms, sensors, all));
    assertEquals(Policy.DROP_NEWEST, policyOf("sensor-1", "alarm/1", sensors, alarms, all));
    assertEquals(Policy.DROP_NEWEST, policyOf("sensor-1", "t", alarms, sensors, all));
    assertEquals(Policy.REJECT, policyOf("other", "t", alarms, sensors, all));
  }

  @ParameterizedTest
  @CsvSource({
    "*, , true",
    "*, anything, true",
    "a*, a, true",
    "a*, b, false",
    "*a, banana, true",
    "*a, bananas, false",
    "a*b*c, a1b2b3c, true",
    "a*b*c, a1b2b3, false",
    "?, a, true",
    "?, , false",
    "a?c, abc, true",
    "a?c, ac, false",
    "a, a, true",
    "a, ab, false",
    "ab, a, false",
    "$share/g/*, $share/g/t/+, true",
  })
  void aPatternIsMatchedAsAWhole(String pattern, String name, boolean matches) {
    Rule rule = new Rule(Policy.REJECT, new Scope.Owner(pattern));
    assertEquals(matches, rule.isFor(name == null ? "" : name, "t"));
  }

  @Test
  void nothingIsRejectedWithoutALimit() {
    Rule all = new Rule(Policy.REJECT, new Scope.Everything());
    assertFalse(new QueueLimit(0, List.of(all)).mayReject());
    assertFalse(QueueLimit.of(1).mayReject());
    assertTrue(new QueueLimit(1, List.of(all)).mayReject());
  }
}
