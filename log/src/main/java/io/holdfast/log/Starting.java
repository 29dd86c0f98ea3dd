package io.holdfast.log;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs the log's commits where it stands until the log is open, and holds back everything else.
final class Starting implements Consumer<LogTask>, LogListener {
  private final Consumer<LogTask> tasks;
  private final LogListener listener;
  private final ArrayDeque<LogTask> held = new ArrayDeque<>();
  private @Nullable IOException failure;
  private boolean isOpen;

  Starting(Consumer<LogTask> tasks, LogListener listener) {
    this.tasks = tasks;
    this.listener = listener;
  }

  @Override
  public void accept(LogTask task) {
    if (isOpen) {
      tasks.accept(task);
    } else if (task.lane() == LogTask.Lane.COMMIT) {
      runNow(task);
    } else {
      held.addLast(task);
    }
  }

  private void runNow(LogTask task) {
    try {
      task.run();
    } catch (IOException e) {
      task.failed(e);
      return;
    }
    task.finished();
  }

  /// Has all that was appended durable.
  void complete(SegmentedLog log) throws IOException {
    log.flush();
    while (failure == null && !log.isQuiet()) {
      LogTask task = held.pollFirst();
      Invariant.check(task != null, "what a commit waits for is under way");
      if (task != null) {
        runNow(task);
      }
      log.flush();
    }
    if (failure != null) {
      throw failure;
    }
  }

  void open() {
    isOpen = true;
    held.forEach(tasks);
    held.clear();
  }

  @Override
  public void durable(long position) {
    if (isOpen) {
      listener.durable(position);
    }
  }

  @Override
  public void readable() {
    if (isOpen) {
      listener.readable();
    }
  }

  @Override
  public void failed(IOException why) {
    if (isOpen) {
      listener.failed(why);
    } else {
      failure = why;
    }
  }

  @Override
  public void damaged(long position, String file, String why) {
    listener.damaged(position, file, why);
  }
}
