package io.holdfast.cli.prove.disk;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Undoes what was set up, the latest first: when it is closed, or when the program is told to end
/// before that. Any thread may use it.
public final class Teardown implements AutoCloseable {
  private final Deque<Step> steps = new ArrayDeque<>();
  private final Thread hook = new Thread(this::closeAtEnd, "prove-teardown");
  private boolean isClosed;

  private Teardown() {}

  public static Teardown open() {
    Teardown teardown = new Teardown();
    Runtime.getRuntime().addShutdownHook(teardown.hook);
    return teardown;
  }

  /// Something to be done, or to be undone.
  @FunctionalInterface
  public interface Step {
    void run() throws IOException;
  }

  /// Does `setUp`. Whoever closes this meanwhile waits until it is done, so that nothing is left
  /// behind.
  ///
  /// @param undo also has to work where `setUp` failed half-way, or where it is undone already
  public synchronized void setUp(Step setUp, Step undo) throws IOException {
    if (isClosed) {
      throw new IOException("the trial is being ended");
    }
    steps.push(undo);
    setUp.run();
  }

  /// Undoes everything, whatever of it fails. The first failure is thrown, with the others.
  @Override
  public synchronized void close() throws IOException {
    isClosed = true;
    IOException failure = null;
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    forgetHook();
    if (failure != null) {
      throw failure;
    }
  }

  private void forgetHook() {
    if (Thread.currentThread() != hook) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The program is ending, and the hook will find nothing to do.
      }
    }
  }

  @SuppressWarnings("SystemOut") // there is nobody left to tell
  private void closeAtEnd() {
    try {
      close();
    } catch (IOException e) {
      System.err.println("holdfast: not everything could be cleaned up: " + e.getMessage());
    }
  }
}
