package io.holdfast.log;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// Runs a log's tasks: one thread for each lane, and the log's own thread for what came of them.
public final class TaskThreads implements Consumer<LogTask>, AutoCloseable {
  private final Executor loop;
  private final ExecutorService commit;
  private final ExecutorService background;

  /// @param loop runs what it is given on the log's thread
  public TaskThreads(Executor loop) {
    this.loop = loop;
    this.commit = lane("holdfast-commit");
    this.background = lane("holdfast-background");
  }

  private static ExecutorService lane(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon(true).factory());
  }

  @Override
  public void accept(LogTask task) {
    switch (task.lane()) {
      case COMMIT -> commit.execute(() -> run(task));
      case BACKGROUND -> background.execute(() -> run(task));
    }
  }

  private void run(LogTask task) {
    try {
      task.run();
    } catch (IOException e) {
      loop.execute(() -> task.failed(e));
      return;
    } catch (RuntimeException | Error e) {
      loop.execute(() -> task.failed(new IOException("a task of the log broke: " + e, e)));
      return;
    }
    loop.execute(task::finished);
  }

  /// Takes no more tasks; those handed over still run.
  @Override
  public void close() {
    commit.shutdown();
    background.shutdown();
  }
}
