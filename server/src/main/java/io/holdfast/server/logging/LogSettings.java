package io.holdfast.server.logging;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the operator wants to read, and where.
///
/// @param destinations none for a broker that says nothing
/// @param hasTimestamp whether lines begin with the time (`log_timestamp`)
/// @param timestampFormat how the time is written; absent for seconds since 1970
/// @param tellsConnections whether clients coming and going are worth a line
///   (`connection_messages`)
public record LogSettings(
    List<LogDestination> destinations,
    Set<LogType> types,
    boolean hasTimestamp,
    Optional<TimestampFormat> timestampFormat,
    boolean tellsConnections) {

  public LogSettings {
    destinations = List.copyOf(destinations);
    types = Set.copyOf(types);
  }

  /// Mosquitto's: errors, warnings, notices and information, on stderr.
  public static LogSettings defaults() {
    return new LogSettings(
        List.of(new LogDestination.Stderr()), usualTypes(), true, Optional.empty(), true);
  }

  /// For a broker inside of another program: not a word.
  public static LogSettings silent() {
    return new LogSettings(List.of(), Set.of(), false, Optional.empty(), false);
  }

  public static Set<LogType> usualTypes() {
    return EnumSet.of(LogType.ERROR, LogType.WARNING, LogType.NOTICE, LogType.INFORMATION);
  }

  public boolean wants(LogType type) {
    return types.contains(type);
  }

  /// Whether somebody who started the broker in a terminal sees its lines there.
  public boolean reachesConsole() {
    return destinations.stream()
        .anyMatch(destination ->
            switch (destination) {
              case LogDestination.Stdout ignored -> true;
              case LogDestination.Stderr ignored -> true;
              case LogDestination.ToFile ignored -> false;
            });
  }
}
