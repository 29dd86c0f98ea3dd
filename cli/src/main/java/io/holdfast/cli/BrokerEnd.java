package io.holdfast.cli;

import io.holdfast.server.Holdfast;
import io.holdfast.server.logging.BrokerLog;
import java.util.Optional;

/// Ends the process in order, whoever wants it to end: SIGTERM and SIGINT, or the broker itself.
///
/// Java's own answer to a signal is a status of 128 and the signal's number; an order that was
/// obeyed is no failure, so this one halts with the broker's.
final class BrokerEnd extends Thread {
  private final BrokerLog log;
  private final Console console;
  private volatile Optional<PidFile> pidFile = Optional.empty();
  private volatile Optional<Holdfast> broker = Optional.empty();
  private volatile int status = ExitStatus.OK;

  BrokerEnd(BrokerLog log, Console console) {
    super("holdfast-end");
    this.log = log;
    this.console = console;
  }

  void removes(PidFile file) {
    pidFile = Optional.of(file);
  }

  void closes(Holdfast started) {
    broker = Optional.of(started);
  }

  /// The broker did not come up.
  int failed() {
    status = ExitStatus.CANNOT_START;
    return status;
  }

  @Override
  public void run() {
    int last = broker.map(this::ended).orElseGet(this::beforeItStarted);
    pidFile.ifPresent(file -> file.remove(console));
    log.close();
    Runtime.getRuntime().halt(status == ExitStatus.OK ? last : status);
  }

  /// What is in the data folder is left as a crash would leave it, and the next start finds it all.
  private int beforeItStarted() {
    if (status == ExitStatus.OK) {
      log.information("Holdfast has stopped before it had started.");
    }
    return ExitStatus.OK;
  }

  private int ended(Holdfast started) {
    started.close();
    int last = started.awaitStop();
    log.information("Holdfast has stopped.");
    return last;
  }
}
