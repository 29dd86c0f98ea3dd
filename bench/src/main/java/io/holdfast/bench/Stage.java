package io.holdfast.bench;

import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// What every run stands on: an event loop, clients that come, and a caller who waits until a step
/// is done or trouble came up.
final class Stage implements AutoCloseable {
  private final Transport transport = new Transport();
  private final CompletableFuture<Void> trouble = new CompletableFuture<>();
  private final Arrivals arrivals;

  Stage(SocketAddress broker, int patienceSeconds) {
    this.arrivals = new Arrivals(transport, broker, patienceSeconds, this::trouble);
  }

  /// A step on the event loop.
  interface Step {
    void run() throws BenchException;
  }

  /// @see Arrivals#bring
  CompletableFuture<Void> bring(int count, Arrivals.Arrival arrival) {
    return arrivals.bring(count, arrival);
  }

  /// The measurement cannot go on.
  void trouble(String what) {
    trouble.completeExceptionally(new BenchException(what));
  }

  void soon(Step step) {
    transport.loop().execute(() -> guarded(step));
  }

  void later(long millis, Step step) {
    var unused = transport.loop().schedule(() -> guarded(step), millis, TimeUnit.MILLISECONDS);
  }

  /// Lets time pass on the caller's thread.
  void pause(long millis) throws BenchException, InterruptedException {
    CompletableFuture<Void> over = new CompletableFuture<>();
    later(millis, () -> over.complete(null));
    await(over);
  }

  /// Waits on the caller's thread.
  <T> T await(CompletableFuture<T> step) throws BenchException, InterruptedException {
    try {
      CompletableFuture.anyOf(step, trouble).get();
      return step.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BenchException known) {
        throw known;
      }
      throw new BenchException("the generator failed: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    transport.close();
  }

  private void guarded(Step step) {
    try {
      step.run();
    } catch (BenchException | RuntimeException e) {
      trouble.completeExceptionally(e);
    }
  }
}
