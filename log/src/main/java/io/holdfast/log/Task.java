package io.holdfast.log;

import java.io.IOException;
import java.util.function.Consumer;

/// A task of the background lane, from what it does and what follows on the loop.
final class Task implements LogTask {
  private final Work work;
  private final Runnable then;
  private final Consumer<IOException> otherwise;

  /// @param then runs on the loop when `work` is done
  /// @param otherwise runs on the loop when `work` has failed
  Task(Work work, Runnable then, Consumer<IOException> otherwise) {
    this.work = work;
    this.then = then;
    this.otherwise = otherwise;
  }

  interface Work {
    void run() throws IOException;
  }

  @Override
  public Lane lane() {
    return Lane.BACKGROUND;
  }

  @Override
  public void run() throws IOException {
    work.run();
  }

  @Override
  public void finished() {
    then.run();
  }

  @Override
  public void failed(IOException why) {
    otherwise.accept(why);
  }
}
