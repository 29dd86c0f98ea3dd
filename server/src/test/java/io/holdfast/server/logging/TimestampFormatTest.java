package io.holdfast.server.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimestampFormatTest {
  /// Wednesday, 3 January 2024, 05:06:07 in a zone two hours east; what C's strftime writes for it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "%a|Wed",
        "%A|Wednesday",
        "%b|Jan",
        "%B|January",
        "%d|03",
        "%D|01/03/24",
        "%e| 3",
        "%F|2024-01-03",
        "%g|24",
        "%G|2024",
        "%h|Jan",
        "%H|05",
        "%I|05",
        "%j|003",
        "%m|01",
        "%M|06",
        "%p|AM",
        "%R|05:06",
        "%s|1704251167",
        "%S|07",
        "%T|05:06:07",
        "%u|3",
        "%V|01",
        "%y|24",
        "%Y|2024",
        "%z|+0200",
        "%%|%",
        "%Y-%m-%dT%H:%M:%S|2024-01-03T05:06:07",
        "at %d.%m.|at 03.01.",
      })
  void itIsWrittenAsCWouldWriteIt(String pattern, String expected) {
    assertEquals(
        Optional.of(expected),
        TimestampFormat.of(pattern, ZoneOffset.ofHours(2))
            .map(format -> format.at(1_704_251_167_000L)));
  }

  /// What a conversion writes does not depend on its neighbours.
  @Test
  void eachConversionMayFollowEachOther() {
    String[] conversions = TimestampFormat.ALLOWED.split(" ", -1);
    for (String first : conversions) {
      for (String second : conversions) {
        assertEquals(written(first) + written(second), written(first + second));
      }
    }
  }

  private static String written(String pattern) {
    return TimestampFormat.of(pattern, ZoneOffset.UTC).orElseThrow().at(1_704_251_167_000L);
  }

  @Test
  void whatIsAllowedIsUnderstood() {
    assertEquals(true, TimestampFormat.of(TimestampFormat.ALLOWED, ZoneOffset.UTC).isPresent());
  }

  @ParameterizedTest
  @CsvSource({"%Q", "%Y%", "%c", "%"})
  void whatIsNotUnderstoodIsNoFormat(String pattern) {
    assertEquals(Optional.empty(), TimestampFormat.of(pattern, ZoneOffset.UTC));
  }
}
