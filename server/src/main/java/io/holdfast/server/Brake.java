package io.holdfast.server;

import io.holdfast.log.Space;
import io.holdfast.server.transport.Connections;
import io.holdfast.server.transport.EventLoopThread;

/// Slows publishers down on the way to the limit of the log's space, or of a queue: who has just
/// published is not read from for a while, the longer the less space there is. So those wait most
/// who send most. On the loop's thread.
final class Brake {
  private static final double FROM = 0.8;
  private static final int MILLIS_MAX = 100;

  private final EventLoopThread thread;
  private final Connections connections;
  private final Runnable turn;
  private int millis;
  private boolean wakes;

  /// @param turn sees to it that there is one
  Brake(EventLoopThread thread, Connections connections, Runnable turn) {
    this.thread = thread;
    this.connections = connections;
    this.turn = turn;
  }

  /// How long a connection waits that has just published for a queue so full.
  int millisFor(double fullness) {
    return Math.max(millis, millis(fullness));
  }

  /// From 0 at four fifths to 100 where nothing is left.
  static int millis(double fullness) {
    return fullness <= FROM
        ? 0
        : (int) Math.ceil(MILLIS_MAX * (Math.min(1, fullness) - FROM) / (1 - FROM));
  }

  /// Lets those go on whose time is over, and sees to it that it is asked when the next one's is.
  void turnEnded(Space space, long nowNanos) {
    millis = millis(space.fullness());
    long nextMillis = connections.resumeSlowed(nowNanos);
    if (nextMillis >= 0 && !wakes) {
      wakes = true;
      var unused = thread.after(nextMillis, this::wake);
    }
  }

  private void wake() {
    wakes = false;
    turn.run();
  }
}
