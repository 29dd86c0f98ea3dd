package io.holdfast.server.logging;

/// The kinds of lines, by Mosquitto's names for them (`log_type`).
public enum LogType {
  ERROR,
  WARNING,
  NOTICE,
  INFORMATION,
  SUBSCRIBE,
  UNSUBSCRIBE,
  DEBUG
}
