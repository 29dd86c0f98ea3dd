package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs the log's commits where it stands until the log is open, and holds back everything else.
final class Starting implements Consumer<LogTask>, LogListener {
  private final Disk disk;
  private final Consumer<LogTask> tasks;
  private final LogListener listener;
  private final ArrayDeque<LogTask> held = new ArrayDeque<>();
  private @Nullable IOException failure;
  private boolean isOpen;

  Starting(Disk disk, Consumer<LogTask> tasks, LogListener listener) {
    this.disk = disk;
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
      if (task == null) {
        throw noSpace(disk);
      }
      runNow(task);
      log.flush();
    }
    if (failure != null) {
      throw failure;
    }
  }

  static NoSpaceException noSpace(Disk disk) {
    return new NoSpaceException(
        "%s is full, and the log's reserve there is used up: the broker cannot start. Make room on"
                .formatted(disk)
            + " the disk; nothing was changed");
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
  public void room() {
    if (isOpen) {
      listener.room();
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
