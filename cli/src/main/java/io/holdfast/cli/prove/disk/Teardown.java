package io.holdfast.cli.prove.disk;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Undoes what was set up, the latest first. Any thread may close it, also while another one sets
/// something up: it waits until that is done, and nothing is set up from then on.
final class Teardown implements AutoCloseable {
  private final Deque<Step> steps = new ArrayDeque<>();
  private boolean isClosed;

  /// Something to be done, or to be undone.
  interface Step {
    void run() throws IOException;
  }

  /// @param undo also has to work where `setUp` failed half-way, or where it is undone already
  synchronized void setUp(Step setUp, Step undo) throws IOException {
    if (isClosed) {
      throw new IOException("the disk is being taken down");
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
    if (failure != null) {
      throw failure;
    }
  }

  /// Undoes everything because of `failure`, and adds to it what fails now.
  void closeAfter(IOException failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
