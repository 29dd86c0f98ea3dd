package io.holdfast.simulator;

import io.holdfast.log.LogTask;
import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/// Runs the log's tasks as events: those of a lane one after the other, each when the disk likes,
/// and what came of them later still.
final class Lanes implements Consumer<LogTask> {
  private final BrokerProcess process;
  private final DiskHabits habits;
  private final Map<LogTask.Lane, ArrayDeque<LogTask>> waiting = new EnumMap<>(LogTask.Lane.class);
  private final ArrayDeque<Runnable> results = new ArrayDeque<>();
  private int pending;
  private boolean commitsHang;
  private boolean commitHangs;

  Lanes(BrokerProcess process, DiskHabits habits) {
    this.process = process;
    this.habits = habits;
    for (LogTask.Lane lane : LogTask.Lane.values()) {
      waiting.put(lane, new ArrayDeque<>());
    }
  }

  /// How many are under way, or came to something that the loop has not heard of.
  int pending() {
    return pending;
  }

  /// No commit comes to an end; the other lanes go on.
  void hangCommits() {
    commitsHang = true;
  }

  void resumeCommits() {
    commitsHang = false;
    if (commitHangs) {
      commitHangs = false;
      runLater(LogTask.Lane.COMMIT);
    }
  }

  private ArrayDeque<LogTask> queue(LogTask.Lane lane) {
    ArrayDeque<LogTask> queue = waiting.get(lane);
    if (queue == null) {
      throw new IllegalStateException("every lane has a queue: " + lane);
    }
    return queue;
  }

  @Override
  public void accept(LogTask task) {
    pending++;
    ArrayDeque<LogTask> queue = queue(task.lane());
    queue.addLast(task);
    if (queue.size() == 1) {
      runLater(task.lane());
    }
  }

  private void runLater(LogTask.Lane lane) {
    process.after(habits.latency(lane, process.random()), () -> runNext(lane));
  }

  private void runNext(LogTask.Lane lane) {
    if (commitsHang && lane == LogTask.Lane.COMMIT) {
      commitHangs = true;
      return;
    }
    ArrayDeque<LogTask> queue = queue(lane);
    LogTask task = queue.getFirst();
    results.addLast(resultOf(task));
    process.after(habits.lateness(process.random()), this::resultCame);
    queue.removeFirst();
    if (!queue.isEmpty()) {
      runLater(lane);
    }
  }

  private Runnable resultOf(LogTask task) {
    try {
      task.run();
      return task::finished;
    } catch (IOException e) {
      process.trace().note("task failed", task.lane().name());
      return () -> {
        task.failed(e);
        if (!(e instanceof NoSpaceException)) {
          process.checkFailed(e);
        }
      };
    }
  }

  /// Results are heard of in the order in which they came about.
  private void resultCame() {
    process.input(() -> {
      pending--;
      results.removeFirst().run();
    });
  }
}
