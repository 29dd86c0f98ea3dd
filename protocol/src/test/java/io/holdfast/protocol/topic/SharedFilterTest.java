package io.holdfast.protocol.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Filters of shared subscriptions by the statements of MQTT 5.0 section 4.8.2.
class SharedFilterTest {
  @ParameterizedTest(name = "[4.8.2] {0} is {1} and {2}")
  @CsvSource({
    "$share/consumer1/sport/tennis/+, consumer1, sport/tennis/+",
    "$share/g/#, g, #",
    "$share/g//, g, /",
    "$share/g//finance, g, /finance",
    "$share/g/$SYS/#, g, $SYS/#",
    "$share/$x/a, $x, a",
    "$share/a b/c d, a b, c d",
    "$share/g/$share/h/a, g, $share/h/a",
  })
  void aNameAndAFilter(String text, String name, String filter) {
    SharedFilter shared = SharedFilter.parse(text).orElseThrow();
    assertEquals(name, shared.shareName());
    assertEquals(filter, shared.filter().text());
  }

  @ParameterizedTest(name = "[MQTT-4.8.2-1] {0}")
  @ValueSource(strings = {"$share//a", "$share///"})
  void aShareNameHasACharacterAtLeast(String text) {
    assertTrue(SharedFilter.isShared(text));
    assertEquals(Optional.empty(), SharedFilter.parse(text));
  }

  @ParameterizedTest(name = "[MQTT-4.8.2-2] {0}")
  @ValueSource(
      strings = {
        "$share/g+/a",
        "$share/+/a",
        "$share/#/a",
        "$share/g#/a",
        "$share/g",
        "$share/g/",
        "$share/"
      })
  void aShareNameHasNoWildcardAndAFilterBehindIt(String text) {
    assertTrue(SharedFilter.isShared(text));
    assertEquals(Optional.empty(), SharedFilter.parse(text));
  }

  @ParameterizedTest(name = "[4.7.1] {0}")
  @ValueSource(strings = {"$share/g/a/#/b", "$share/g/a+", "$share/g/##"})
  void theFilterBehindTheNameIsValid(String text) {
    assertEquals(Optional.empty(), SharedFilter.parse(text));
  }

  @ParameterizedTest(name = "[4.8.2] {0}")
  @ValueSource(strings = {"$share", "$SHARE/g/a", "$shared/g/a", "share/g/a", "a/$share/g/a", ""})
  void anythingElseIsNoSharedSubscription(String text) {
    assertFalse(SharedFilter.isShared(text));
    assertEquals(Optional.empty(), SharedFilter.parse(text));
  }

  @Test
  void aNameIsValidHoweverItIsMade() {
    TopicFilter filter = TopicFilter.parse("a").orElseThrow();
    for (String name : new String[] {"", "a/b", "+", "a#"}) {
      assertThrows(IllegalArgumentException.class, () -> new SharedFilter(name, filter), name);
    }
  }
}
