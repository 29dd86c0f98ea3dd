package io.holdfast.server;

import io.holdfast.log.LogTask;
import io.holdfast.log.TaskThreads;
import io.holdfast.server.transport.EventLoopThread;
import java.util.function.Consumer;

/// Runs the log's tasks on threads of their own, and counts those under way: the log is closed when
/// there are none. On the loop's thread, but for the tasks' `run`.
final class LogTasks implements Consumer<LogTask> {
  private final TaskThreads threads;
  private int pending;
  private Runnable whenNone = () -> {};

  /// @param guard runs on the loop's thread what came of a task
  LogTasks(EventLoopThread loop, Consumer<Runnable> guard) {
    this.threads = new TaskThreads(result -> loop.execute(() -> came(guard, result)));
  }

  int pending() {
    return pending;
  }

  @Override
  public void accept(LogTask task) {
    pending++;
    threads.accept(task);
  }

  private void came(Consumer<Runnable> guard, Runnable result) {
    pending--;
    guard.accept(result);
    if (pending == 0) {
      whenNone.run();
    }
  }

  /// Runs `action` as soon as no task is under way, at once if that is now.
  void whenNoneIsPending(Runnable action) {
    whenNone = action;
    if (pending == 0) {
      action.run();
    }
  }

  void close() {
    whenNone = () -> {};
    threads.close();
  }
}
