package io.holdfast.server;

import io.holdfast.server.transport.EventLoopThread;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Ticks every 100 ms while something is going on and for a moment after, and once a second
/// otherwise. On the loop's thread.
final class LoopTimer {
  private static final int BUSY_MILLIS = 100;
  private static final int QUIET_MILLIS = 1000;

  /// So many quick ticks follow the last thing that happened: what the core wants to do within a
  /// quarter of a second falls into them.
  private static final int QUICK_TICKS = 4;

  private final EventLoopThread thread;
  private final Runnable tick;
  private int quickTicksLeft;
  private boolean slow = true;
  private boolean happened;
  private @Nullable Future<?> next;

  LoopTimer(EventLoopThread thread, Runnable tick) {
    this.thread = thread;
    this.tick = tick;
  }

  void start() {
    next = thread.after(QUIET_MILLIS, this::run);
  }

  /// Something happens.
  void busy() {
    happened = true;
    if (slow) {
      slow = false;
      stop();
      next = thread.after(BUSY_MILLIS, this::run);
    }
  }

  private void run() {
    boolean quiet = !happened;
    happened = false;
    quickTicksLeft = quiet ? quickTicksLeft - 1 : QUICK_TICKS;
    slow = quickTicksLeft <= 0;
    next = thread.after(slow ? QUIET_MILLIS : BUSY_MILLIS, this::run);
    tick.run();
  }

  void stop() {
    if (next != null) {
      next.cancel(false);
    }
  }
}
