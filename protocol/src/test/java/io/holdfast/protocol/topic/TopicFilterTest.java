package io.holdfast.protocol.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Topic filters by the statements of MQTT 5.0 section 4.7 (3.1.1 has the same under the same
/// numbers).
class TopicFilterTest {
  @ParameterizedTest(name = "[4.7.1.2] {0}")
  @ValueSource(strings = {"#", "sport/#", "sport/tennis/#", "/#", "+/#", "//#", "$SYS/#"})
  void aHashStandsAloneInTheLastLevel(String filter) {
    assertTrue(TopicFilter.parse(filter).isPresent());
  }

  @ParameterizedTest(name = "[MQTT-4.7.1-1] {0}")
  @ValueSource(
      strings = {
        "sport/tennis#",
        "sport/tennis/#/ranking",
        "#/",
        "#/#",
        "##",
        "a/##",
        "#a",
        "a/#b"
      })
  void aHashElsewhereMakesNoFilter(String filter) {
    assertEquals(Optional.empty(), TopicFilter.parse(filter));
  }

  @ParameterizedTest(name = "[4.7.1.3] {0}")
  @ValueSource(strings = {"+", "+/tennis/#", "sport/+/player1", "/+", "+/", "+/+", "a/+", "$SYS/+"})
  void aPlusStandsAloneInAnyLevel(String filter) {
    assertTrue(TopicFilter.parse(filter).isPresent());
  }

  @ParameterizedTest(name = "[MQTT-4.7.1-2] {0}")
  @ValueSource(strings = {"sport+", "+sport", "a/b+/c", "++", "a/++", "+#", "#+", "a/+#"})
  void aPlusWithinALevelMakesNoFilter(String filter) {
    assertEquals(Optional.empty(), TopicFilter.parse(filter));
  }

  @ParameterizedTest(name = "[4.7.1] {0} matches {1}")
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis/player1",
    "sport/tennis/player1/#, sport/tennis/player1/ranking",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon",
    "sport/#, sport",
    "sport/#, sport/",
    "#, sport",
    "#, /",
    "#, a/b/c",
    "sport/tennis/+, sport/tennis/player1",
    "sport/tennis/+, sport/tennis/player2",
    "sport/+, sport/",
    "+, finance",
    "+/+, /finance",
    "/+, /finance",
    "+/+, /",
    "+/+/+, a//b",
    "a//b, a//b",
    "+/tennis/#, sport/tennis",
    "+/tennis/#, /tennis/x",
    "a/+/c/#, a//c",
    "a/b, a/b",
    "'a b', 'a b'",
  })
  void aFilterMatches(String filter, String topic) {
    assertTrue(TopicFilter.parse(filter).orElseThrow().matches(topic));
  }

  @ParameterizedTest(name = "[4.7.1] {0} does not match {1}")
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis",
    "sport/tennis/player1/#, sport/tennis/player10",
    "sport/#, sports",
    "sport/tennis/+, sport/tennis/player1/ranking",
    "sport/tennis/+, sport/tennis",
    "sport/+, sport",
    "+, /finance",
    "+, a/b",
    "/+, finance",
    "+/+, a",
    "a/b, a/b/",
    "a/b/, a/b",
    "/a, a",
    "a//b, a/b",
    "/#, a",
    "a/+/c/#, a/c",
  })
  void aFilterDoesNotMatch(String filter, String topic) {
    assertFalse(TopicFilter.parse(filter).orElseThrow().matches(topic));
  }

  @ParameterizedTest(name = "[MQTT-4.7.2-1] {0} does not match {1}")
  @CsvSource({
    "#, $SYS",
    "#, $SYS/uptime",
    "+, $SYS",
    "+/uptime, $SYS/uptime",
    "+/#, $SYS/uptime",
    "+/+, $x/"
  })
  void aLeadingWildcardMatchesNoDollarTopic(String filter, String topic) {
    assertFalse(TopicFilter.parse(filter).orElseThrow().matches(topic));
  }

  @ParameterizedTest(name = "[4.7.2] {0} matches {1}")
  @CsvSource({
    "$SYS/#, $SYS",
    "$SYS/#, $SYS/uptime",
    "$SYS/+, $SYS/uptime",
    "#, a/$SYS",
    "+/$x, a/$x",
    "$/#, $/"
  })
  void aDollarElsewhereIsACharacter(String filter, String topic) {
    assertTrue(TopicFilter.parse(filter).orElseThrow().matches(topic));
  }

  /// [MQTT-4.7.3-1]
  @Test
  void aFilterHasACharacterAtLeast() {
    assertEquals(Optional.empty(), TopicFilter.parse(""));
    assertTrue(TopicFilter.parse("/").isPresent());
  }

  /// [MQTT-4.7.3-2]
  @Test
  void aFilterHasNoNul() {
    assertEquals(Optional.empty(), TopicFilter.parse("a\0b"));
  }

  /// [MQTT-4.7.3-3]
  @Test
  void aFilterHas65535BytesAtMost() {
    assertTrue(TopicFilter.parse("a".repeat(65535)).isPresent());
    assertEquals(Optional.empty(), TopicFilter.parse("a".repeat(65536)));
    assertTrue(TopicFilter.parse("\u20ac".repeat(21845)).isPresent());
    assertEquals(Optional.empty(), TopicFilter.parse("\u20ac".repeat(21845) + "a"));
  }

  /// [MQTT-4.7.3-4]
  @Test
  void nothingIsNormalized() {
    TopicFilter composed = TopicFilter.parse("\u00e9").orElseThrow();
    assertTrue(composed.matches("\u00e9"));
    assertFalse(composed.matches("e\u0301"));
    assertFalse(TopicFilter.parse("ACCOUNTS").orElseThrow().matches("Accounts"));
  }

  @Test
  void levelsAreKeptEmptyOnesToo() {
    assertEquals(
        List.of("", "a", "", "+", "#"), TopicFilter.parse("/a//+/#").orElseThrow().levels());
    assertEquals(List.of("", ""), TopicFilter.parse("/").orElseThrow().levels());
  }

  @Test
  void aFilterIsValidHoweverItIsMade() {
    assertThrows(
        IllegalArgumentException.class, () -> new TopicFilter("a/#/b", List.of("a", "#", "b")));
    assertThrows(IllegalArgumentException.class, () -> new TopicFilter("a/b", List.of("a")));
    assertThrows(IllegalArgumentException.class, () -> new TopicFilter("", List.of("")));
    assertEquals(TopicFilter.parse("a/+"), Optional.of(new TopicFilter("a/+", List.of("a", "+"))));
  }

  /// The same rules, said once more as a regular expression, over many short filters and topics.
  @Test
  void matchingAgreesWithARegularExpression() {
    Random random = new Random(1);
    int matched = 0;
    for (int i = 0; i < 50_000; i++) {
      String text = text(random, "a$+#/");
      String topic = text(random, "a$/");
      Optional<TopicFilter> filter = TopicFilter.parse(text);
      assertEquals(
          text.matches("(([a$]*|\\+)/)*([a$]*|\\+|#)") && !text.isEmpty(),
          filter.isPresent(),
          text);
      if (filter.isPresent() && !topic.isEmpty()) {
        boolean expected = regex(text).matcher(topic).matches();
        assertEquals(expected, filter.get().matches(topic), text + " and " + topic);
        matched += expected ? 1 : 0;
      }
    }
    assertTrue(matched > 1000, "some match: " + matched);
  }

  private static Pattern regex(String filter) {
    String regex =
        filter
            .replace("$", "\\$")
            .replace("+", "[^/]*")
            .replaceAll("^#$", ".*")
            .replaceAll("/#$", "(/.*)?");
    boolean startsWild = filter.startsWith("+") || filter.startsWith("#");
    return Pattern.compile((startsWild ? "(?!\\$)" : "") + regex);
  }

  private static String text(Random random, String letters) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }
}
