package io.holdfast.bench;

import io.netty.channel.Channel;

/// Comes back to its session, takes so many of the messages that waited for it, and leaves.
final class ReturningSubscriber extends Subscriber {
  private final Watcher watcher;
  private final long waiting;

  /// @param waiting how many messages to take
  ReturningSubscriber(
      Channel channel,
      MqttVersion version,
      String clientId,
      Watcher watcher,
      String filter,
      long runId,
      int payloadBytes,
      Ledger[] ledgers,
      Tally tally,
      long waiting) {
    super(channel, version, clientId, watcher, filter, runId, payloadBytes, ledgers, tally);
    this.watcher = watcher;
    this.waiting = waiting;
  }

  @Override
  void connected() {
    leaveOnceDone();
  }

  @Override
  void receivedAll() {
    super.receivedAll();
    watcher.answered();
    leaveOnceDone();
  }

  @Override
  void left() {
    ready();
  }

  private void leaveOnceDone() {
    if (delivered() >= waiting && !isLeaving()) {
      leave();
    }
  }
}
