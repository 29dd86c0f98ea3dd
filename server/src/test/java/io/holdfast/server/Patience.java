package io.holdfast.server;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// Bounds what tests wait for. Where it takes too long, the failure says what for, and what the
/// broker's threads did meanwhile.
final class Patience {
  private static final int SECONDS = 30;

  private Patience() {}

  /// Runs `wait` on a thread of its own, and waits until it is through.
  ///
  /// @param what as in "this has not happened: ..."
  static void await(String what, Runnable wait) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("patience")
        .start(() -> {
          try {
            wait.run();
            done.complete(null);
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    await(what, done);
  }

  static <T> T await(String what, CompletableFuture<T> future) {
    try {
      return future.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw over(what);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting: " + what, e);
    } catch (ExecutionException e) {
      throw new AssertionError("failed: " + what, e.getCause());
    }
  }

  /// By when `System.nanoTime` a wait that begins now is to be over.
  static long deadlineNanos() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
  }

  /// How long may be waited once more; fails where that is over.
  static long leftMillis(String what, long deadlineNanos) {
    long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
    if (leftMillis <= 0) {
      throw over(what);
    }
    return leftMillis;
  }

  private static AssertionError over(String what) {
    String threads =
        Thread.getAllStackTraces().entrySet().stream()
            .filter(thread -> thread.getKey().getName().startsWith("holdfast-"))
            .map(thread -> thread.getKey() + "\n" + frames(thread.getValue()))
            .collect(Collectors.joining("\n"));
    return new AssertionError(
        "this has not happened within %d seconds: %s\n%s".formatted(SECONDS, what, threads));
  }

  private static String frames(StackTraceElement[] frames) {
    return Arrays.stream(frames).map(frame -> "    at " + frame).collect(Collectors.joining("\n"));
  }
}
