package io.holdfast.server.logging;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/// Takes lines from any thread and writes them on its own. Who hands over a line never waits: what
/// does not fit any more is counted and left out.
final class LineWriter implements AutoCloseable {
  static final int LINES_MAX = 10_000;
  private static final int BATCH_LINES_MAX = 1_000;
  private static final long LOOK_MILLIS = 1_000;
  private static final long LAST_LINES_MILLIS = 2_000;

  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);
  private final AtomicLong leftOut = new AtomicLong();
  private final List<Outlet> outlets;
  private final Supplier<List<String>> due;
  private final Function<String, String> stamped;
  private final Thread thread;
  private volatile boolean isClosing;

  /// @param due lines that fell due by themselves, asked for about once a second
  /// @param stamped puts the time before a line that this class has to say itself
  LineWriter(List<Outlet> outlets, Supplier<List<String>> due, Function<String, String> stamped) {
    this.outlets = outlets;
    this.due = due;
    this.stamped = stamped;
    this.thread = Thread.ofPlatform().name("holdfast-log").daemon(true).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void add(String line) {
    if (!lines.offer(line)) {
      leftOut.incrementAndGet();
    }
  }

  private void run() {
    try {
      boolean isLast;
      do {
        isLast = isClosing;
        writeOnce(isLast ? 0 : LOOK_MILLIS);
      } while (!isLast || !lines.isEmpty());
    } catch (InterruptedException e) {
      // Nobody waits for the lines any more.
      Thread.currentThread().interrupt();
    } finally {
      outlets.forEach(Outlet::close);
    }
  }

  private void writeOnce(long waitMillis) throws InterruptedException {
    List<String> batch = new ArrayList<>();
    String first = lines.poll(waitMillis, TimeUnit.MILLISECONDS);
    if (first != null) {
      batch.add(first);
      lines.drainTo(batch, BATCH_LINES_MAX);
    }
    batch.removeIf(String::isEmpty);
    batch.addAll(due.get());
    long missing = leftOut.getAndSet(0);
    if (missing > 0) {
      batch.add(stamped.apply(missing + " lines came too fast for the log and are missing here."));
    }
    if (!batch.isEmpty()) {
      write(batch);
    }
  }

  private void write(List<String> batch) {
    byte[] bytes = bytes(batch);
    for (Outlet outlet : outlets) {
      long missed = outlet.write(bytes, batch.size());
      if (missed > 0) {
        outlet.write(
            bytes(List.of(stamped.apply(missed + " lines could not be written here."))), 0);
      }
    }
  }

  private static byte[] bytes(List<String> batch) {
    String separator = System.lineSeparator();
    return (String.join(separator, batch) + separator).getBytes(StandardCharsets.UTF_8);
  }

  /// Waits for what was handed over, but not for a destination that is stuck.
  @Override
  public void close() {
    isClosing = true;
    add("");
    try {
      thread.join(LAST_LINES_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
