package io.holdfast.server.config;

import io.holdfast.server.logging.LogDestination;
import io.holdfast.server.logging.LogSettings;
import io.holdfast.server.logging.LogType;
import io.holdfast.server.logging.TimestampFormat;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The options about what an operator reads, as far as they were read.
final class LogDraft {
  private Optional<List<LogDestination>> destinations = Optional.empty();
  private Optional<Set<LogType>> types = Optional.empty();
  private boolean hasTimestamp = true;
  private Optional<String> timestampPattern = Optional.empty();
  private Optional<TimestampFormat> timestampFormat = Optional.empty();
  private boolean tellsConnections = true;

  /// Adds a destination; `none` takes back the ones before it.
  void destination(ConfigurationLine line) throws ConfigurationException {
    List<LogDestination> chosen = new ArrayList<>(destinations.orElse(List.of()));
    List<String> words = line.words();
    switch (words.get(0)) {
      case "none" -> chosen.clear();
      case "stdout" -> add(chosen, new LogDestination.Stdout());
      case "stderr" -> add(chosen, new LogDestination.Stderr());
      case "file" -> chosen.add(file(line, chosen));
      case "syslog", "topic", "dlt" ->
          throw line.error("this destination is not built; stdout, stderr, file and none are.");
      default -> throw line.error("stdout, stderr, file FILE or none is allowed.");
    }
    destinations = Optional.of(chosen);
  }

  private static void add(List<LogDestination> chosen, LogDestination destination) {
    if (!chosen.contains(destination)) {
      chosen.add(destination);
    }
  }

  private static LogDestination file(ConfigurationLine line, List<LogDestination> chosen)
      throws ConfigurationException {
    String name = line.text().substring("file".length()).strip();
    if (name.isEmpty()) {
      throw line.error("the file's name is missing.");
    }
    if (chosen.stream().anyMatch(LogDestination.ToFile.class::isInstance)) {
      throw line.error("there is a log file already. One is allowed.");
    }
    return new LogDestination.ToFile(line.path(name));
  }

  /// Adds a type; `none` takes back the ones before it.
  void type(ConfigurationLine line) throws ConfigurationException {
    Set<LogType> chosen = EnumSet.noneOf(LogType.class);
    types.ifPresent(chosen::addAll);
    String word = line.word("one type");
    switch (word) {
      case "none" -> chosen.clear();
      case "all" -> chosen.addAll(EnumSet.allOf(LogType.class));
      case "websockets", "internal" -> {
        // Mosquitto's libraries speak under these names; there is nothing here that would.
      }
      default -> chosen.add(named(word, line));
    }
    types = Optional.of(chosen);
  }

  private static LogType named(String word, ConfigurationLine line) throws ConfigurationException {
    for (LogType type : LogType.values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(word)) {
        return type;
      }
    }
    throw line.error(
        "error, warning, notice, information, subscribe, unsubscribe, debug, all or none is"
            + " allowed.");
  }

  void timestamp(ConfigurationLine line) throws ConfigurationException {
    hasTimestamp = line.flag();
  }

  void timestampFormat(ConfigurationLine line) throws ConfigurationException {
    timestampPattern = line.textOnce(timestampPattern);
    timestampFormat = TimestampFormat.of(timestampPattern.orElseThrow(), ZoneId.systemDefault());
    if (timestampFormat.isEmpty()) {
      throw line.error("these conversions are allowed: " + TimestampFormat.ALLOWED);
    }
  }

  void connectionMessages(ConfigurationLine line) throws ConfigurationException {
    tellsConnections = line.flag();
  }

  /// @param everything whether the command line asked for every type (`-v`)
  LogSettings finish(boolean everything) {
    LogSettings usual = LogSettings.defaults();
    return new LogSettings(
        destinations.orElse(usual.destinations()),
        everything ? EnumSet.allOf(LogType.class) : types.orElse(usual.types()),
        hasTimestamp,
        timestampFormat,
        tellsConnections);
  }
}
