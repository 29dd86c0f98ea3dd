package io.holdfast.server.logging;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;
import java.util.Optional;

/// How the time is written, in the letters of C's `strftime` (`log_timestamp_format`).
public final class TimestampFormat {
  /// The conversions that are understood; the rest of `strftime` depends on a locale.
  public static final String ALLOWED =
      "%a %A %b %B %d %D %e %F %g %G %h %H %I %j %m %M %n %p %R %s %S %t %T %u %V %y %Y %z %Z %%";

  private final DateTimeFormatter formatter;

  private TimestampFormat(DateTimeFormatter formatter) {
    this.formatter = formatter;
  }

  /// Empty when `pattern` holds a conversion that is not understood.
  public static Optional<TimestampFormat> of(String pattern, ZoneId zone) {
    DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char letter = pattern.charAt(i);
      if (letter != '%') {
        builder.appendLiteral(letter);
      } else if (++i == pattern.length() || !append(builder, pattern.charAt(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(new TimestampFormat(builder.toFormatter(Locale.ENGLISH).withZone(zone)));
  }

  String at(long millis) {
    return formatter.format(Instant.ofEpochMilli(millis));
  }

  private static boolean append(DateTimeFormatterBuilder builder, char conversion) {
    switch (conversion) {
      case 'a' -> builder.appendText(ChronoField.DAY_OF_WEEK, TextStyle.SHORT);
      case 'A' -> builder.appendText(ChronoField.DAY_OF_WEEK, TextStyle.FULL);
      case 'b', 'h' -> builder.appendText(ChronoField.MONTH_OF_YEAR, TextStyle.SHORT);
      case 'B' -> builder.appendText(ChronoField.MONTH_OF_YEAR, TextStyle.FULL);
      case 'd' -> builder.appendPattern("dd");
      case 'D' -> builder.appendPattern("MM/dd/uu");
      // The builder takes a padded value for one of variable width, which a number must not follow:
      // an optional section ends the value's run of numbers.
      case 'e' ->
          builder.padNext(2).appendValue(ChronoField.DAY_OF_MONTH).optionalStart().optionalEnd();
      case 'F' -> builder.appendPattern("uuuu-MM-dd");
      case 'g' -> builder.appendValueReduced(IsoFields.WEEK_BASED_YEAR, 2, 2, 2000);
      case 'G' -> builder.appendValue(IsoFields.WEEK_BASED_YEAR, 4);
      case 'H' -> builder.appendPattern("HH");
      case 'I' -> builder.appendPattern("hh");
      case 'j' -> builder.appendPattern("DDD");
      case 'm' -> builder.appendPattern("MM");
      case 'M' -> builder.appendPattern("mm");
      case 'n' -> builder.appendLiteral('\n');
      case 'p' -> builder.appendText(ChronoField.AMPM_OF_DAY);
      case 'R' -> builder.appendPattern("HH:mm");
      case 's' -> builder.appendValue(ChronoField.INSTANT_SECONDS);
      case 'S' -> builder.appendPattern("ss");
      case 't' -> builder.appendLiteral('\t');
      case 'T' -> builder.appendPattern("HH:mm:ss");
      case 'u' -> builder.appendValue(ChronoField.DAY_OF_WEEK);
      case 'V' -> builder.appendValue(IsoFields.WEEK_OF_WEEK_BASED_YEAR, 2);
      case 'y' -> builder.appendPattern("uu");
      case 'Y' -> builder.appendPattern("uuuu");
      case 'z' -> builder.appendOffset("+HHMM", "+0000");
      case 'Z' -> builder.appendZoneText(TextStyle.SHORT);
      case '%' -> builder.appendLiteral('%');
      default -> {
        return false;
      }
    }
    return true;
  }
}
