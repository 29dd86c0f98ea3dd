package io.holdfast.cli.prove;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// What has to be undone, in reverse order, when a trial ends or the program is told to stop: a
/// process that runs, a file system that is mounted, a folder. Any thread may call it.
public final class Cleanup implements AutoCloseable {
  private final Deque<Action> actions = new ArrayDeque<>();
  private boolean isOver;

  /// Undoes one thing. May be called where it is undone already.
  interface Action {
    void run() throws IOException, InterruptedException;
  }

  /// Does something that is then to be undone. Nothing can come between the two.
  interface Doing<T> {
    T run() throws IOException;
  }

  /// Makes something, and lays down how it is undone.
  ///
  /// @throws IOException also when it is too late: the program ends
  synchronized <T> T hold(Doing<T> doing, Undo<T> undo) throws IOException {
    if (isOver) {
      throw new IOException("the trial is being cleaned up");
    }
    T made = doing.run();
    actions.push(() -> undo.run(made));
    return made;
  }

  /// How something that was made is undone.
  interface Undo<T> {
    void run(T made) throws IOException, InterruptedException;
  }

  /// Undoes everything, also what stands behind something that fails.
  ///
  /// @return what failed
  synchronized List<Exception> undo() throws InterruptedException {
    isOver = true;
    List<Exception> failures = new ArrayList<>();
    while (!actions.isEmpty()) {
      try {
        actions.pop().run();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    return failures;
  }

  @Override
  public void close() throws IOException {
    try {
      List<Exception> failures = undo();
      if (!failures.isEmpty()) {
        throw new IOException("not everything could be cleaned up: " + failures);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
