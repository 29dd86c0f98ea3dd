package io.holdfast.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One option as it stands in a file, with its place for what is said about it.
///
/// As in Mosquitto, text runs to the end of the line, blanks and `#` included; everything else is a
/// word, and what follows a `#` after it is a comment.
///
/// @param value what follows the option's name, without the blanks around it; may be empty
record ConfigurationLine(String file, int number, String option, String value) {

  /// The options of a file, in order. Empty lines, and those that begin with `#`, say nothing.
  static List<ConfigurationLine> of(String file, List<String> lines) {
    List<ConfigurationLine> options = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.startsWith("#") && !line.isBlank()) {
        String[] parts = line.strip().split("[ \t]+", 2);
        options.add(new ConfigurationLine(file, i + 1, parts[0], parts.length > 1 ? parts[1] : ""));
      }
    }
    return options;
  }

  ConfigurationException error(String why) {
    String shown = value.isEmpty() ? option : option + " " + value;
    return new ConfigurationException("%s:%d: %s: %s".formatted(file, number, shown, why));
  }

  String place() {
    return file + ":" + number;
  }

  /// All of the value, which must not be empty.
  String text() throws ConfigurationException {
    if (value.isEmpty()) {
      throw error("a value is missing.");
    }
    return value;
  }

  /// For options that a file may hold once: two of them are two opinions.
  Optional<String> textOnce(Optional<String> before) throws ConfigurationException {
    if (before.isPresent()) {
      throw error("it was set before, to %s. It may be set once.".formatted(before.get()));
    }
    return Optional.of(text());
  }

  Optional<Path> pathOnce(Optional<Path> before) throws ConfigurationException {
    return Optional.of(path(textOnce(before.map(Path::toString)).orElseThrow()));
  }

  Path path(String text) throws ConfigurationException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw error("this system has no such path (" + e.getReason() + ").");
    }
  }

  /// The words of the value, without the comment behind them.
  List<String> words() throws ConfigurationException {
    List<String> words = new ArrayList<>();
    for (String word : text().split("[ \t]+", -1)) {
      if (word.startsWith("#")) {
        break;
      }
      words.add(word);
    }
    if (words.isEmpty()) {
      throw error("a value is missing.");
    }
    return words;
  }

  /// The only word of the value.
  ///
  /// @param allowed what to say when it is not one word
  String word(String allowed) throws ConfigurationException {
    List<String> words = words();
    if (words.size() > 1) {
      throw error(allowed + " is allowed, with nothing behind it.");
    }
    return words.get(0);
  }

  boolean flag() throws ConfigurationException {
    return switch (word("true or false")) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw error("true or false is allowed.");
    };
  }

  /// @param min inclusive
  /// @param max inclusive
  long number(long min, long max) throws ConfigurationException {
    return number(min, max, "a whole number from %d to %d".formatted(min, max));
  }

  /// Where Mosquitto takes anything below zero for 'no limit'.
  ///
  /// @return 0 for no limit
  long limit(long max) throws ConfigurationException {
    String allowed = "a whole number up to %d, or 0 for no limit".formatted(max);
    return Math.max(0, number(Integer.MIN_VALUE, max, allowed));
  }

  private long number(long min, long max, String allowed) throws ConfigurationException {
    try {
      long number = Long.parseLong(word(allowed));
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, in the same words as for one that is out of range.
    }
    throw error(allowed + " is allowed.");
  }

  int port() throws ConfigurationException {
    return port(word("a port from 0 to 65535"));
  }

  int port(String word) throws ConfigurationException {
    try {
      int port = Integer.parseInt(word);
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, in the same words as for one that is out of range.
    }
    throw error("a port from 0 to 65535 is allowed; 0 takes any free one.");
  }
}
