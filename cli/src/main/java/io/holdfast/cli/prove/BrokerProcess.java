package io.holdfast.cli.prove;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `holdfast broker` on a free port, in a process that can be killed. Ended with the test.
final class BrokerProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;
  private static final String LISTENING = "Listening on 127.0.0.1:";

  private final Process process;
  private final List<String> said = new ArrayList<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final CountDownLatch heardAll = new CountDownLatch(1);

  private BrokerProcess(Process process) {
    this.process = process;
    // What it says is always read: a full pipe would hold it up.
    Thread.ofVirtual().start(this::listen);
  }

  /// Starts it on the data in `folder`, with a heap of `heapMegabytes`. Does not wait for it.
  static BrokerProcess launch(Path folder, int heapMegabytes) throws IOException {
    return start(command(folder, heapMegabytes));
  }

  /// The same where no file can be made larger than so much.
  static BrokerProcess launchWithFilesUpTo(long fileBytes, Path folder, int heapMegabytes)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("sh", "-c", "ulimit -f %d; exec \"$@\"".formatted(fileBytes / 512), "sh"));
    command.addAll(command(folder, heapMegabytes));
    return start(command);
  }

  private static BrokerProcess start(List<String> command) throws IOException {
    return new BrokerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  private static List<String> command(Path folder, int heapMegabytes) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx" + heapMegabytes + "m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "broker",
        "-p",
        "0",
        "--data",
        folder.toString());
  }

  private void listen() {
    try (var output = process.inputReader(UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (said) {
          said.add(line);
        }
        if (line.contains(LISTENING)) {
          String number = line.substring(line.indexOf(LISTENING) + LISTENING.length());
          port.complete(Integer.valueOf(number.replaceAll("\\D.*", "")));
        }
      }
    } catch (IOException | UncheckedIOException ended) {
      // With the process.
    } finally {
      port.completeExceptionally(new IOException("the broker does not listen: " + said()));
      heardAll.countDown();
    }
  }

  /// Waits until it takes clients in.
  ///
  /// @return the port
  int awaitListening() throws IOException, InterruptedException {
    try {
      return port.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the broker does not listen: " + said(), e);
    }
  }

  /// Lets it run for `millis`. True where it has ended by itself before that.
  boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /// What `kill -9` does. Waits until it is gone.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// What `kill` does.
  void askToEnd() {
    process.destroy();
  }

  /// What `kill` does. Waits until it is gone.
  ///
  /// @return its exit status
  int terminate() throws InterruptedException, IOException {
    askToEnd();
    return awaitEnd();
  }

  /// Waits until it has ended.
  ///
  /// @return its exit status
  int awaitEnd() throws InterruptedException, IOException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("the broker does not end: " + said());
    }
    heardAll.await();
    return process.exitValue();
  }

  List<String> said() {
    synchronized (said) {
      return List.copyOf(said);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
