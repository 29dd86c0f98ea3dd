package io.holdfast.server;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Bounds what tests wait for. Where it takes too long, the failure says what for, and what the
/// broker's threads did meanwhile.
final class Patience {
  private static final int SECONDS = 30;

  private Patience() {}

  /// Runs `wait`, which takes no notice of interrupts, on a thread of its own.
  ///
  /// @param what as in "this has not happened: ..."
  static <T> T await(String what, Supplier<T> wait) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("patience")
        .start(() -> {
          try {
            done.complete(wait.get());
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    return await(what, done);
  }

  /// Waits until `broker` has ended in order.
  static void close(Holdfast broker) {
    boolean unused =
        await(
            "the broker is closed",
            () -> {
              broker.close();
              return true;
            });
  }

  /// Waits until `thread` has ended.
  static void join(String what, Thread thread) throws InterruptedException {
    if (!thread.join(Duration.ofSeconds(SECONDS))) {
      throw over(what);
    }
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

  /// Fails where the wait is over.
  static void check(String what, long deadlineNanos) {
    long unused = leftMillis(what, deadlineNanos);
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
