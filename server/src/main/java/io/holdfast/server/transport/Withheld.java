package io.holdfast.server.transport;

import java.util.ArrayDeque;

/// The connections whose messages there was no space for, in the order in which they try again: the
/// one that has waited longest comes first. One of which something was taken begins to wait anew,
/// behind all the others.
final class Withheld {
  private final ArrayDeque<Connection> waiting = new ArrayDeque<>();
  private final ArrayDeque<Connection> anew = new ArrayDeque<>();

  void add(Connection connection) {
    waiting.addLast(connection);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /// The silence of all of them is not their own.
  void heard(Arrivals arrivals) {
    for (Connection connection : waiting) {
      if (connection.isOpen()) {
        arrivals.heard(connection.id());
      }
    }
  }

  /// Each tries again once.
  void offerAgain() {
    for (int left = waiting.size(); left > 0; left--) {
      Connection connection = waiting.removeFirst();
      if (!connection.isOpen()) {
        continue;
      }
      boolean taken = connection.offerAgain();
      if (connection.isPaused(Connection.WITHHELD)) {
        (taken ? anew : waiting).addLast(connection);
      }
    }
    waiting.addAll(anew);
    anew.clear();
  }

  /// Cuts those that have ended their half and are still withheld after a while: nobody may be
  /// there any more, and where space is short for long, many would come together.
  void cutThoseWhoLeft(long nowNanos) {
    for (Connection connection : waiting) {
      if (connection.isOpen() && connection.hasLeftWithheld(nowNanos)) {
        connection.cut("connection closed by the client, while its messages were not taken");
      }
    }
  }
}
