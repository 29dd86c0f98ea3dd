package io.holdfast.cli;

import io.holdfast.server.logging.BrokerLog;

/// Says to the terminal what has to reach whoever started the broker, and to the log what belongs
/// there, each once.
final class Console {
  private final BrokerLog log;
  private final boolean logReachesTerminal;

  Console(BrokerLog log, boolean logReachesTerminal) {
    this.log = log;
    this.logReachesTerminal = logReachesTerminal;
  }

  /// Where the broker stands.
  @SuppressWarnings("SystemOut") // the terminal is what this is for
  void tell(String text) {
    log.information(text);
    if (!logReachesTerminal) {
      System.out.println(text);
    }
  }

  /// What must not be overlooked.
  void warn(String text) {
    log.warning(text);
    if (!logReachesTerminal) {
      System.err.println("holdfast: " + text);
    }
  }

  void complain(String text) {
    if (!logReachesTerminal) {
      log.error(text);
    }
    System.err.println("holdfast: " + text);
  }
}
