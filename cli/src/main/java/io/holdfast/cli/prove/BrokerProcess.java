package io.holdfast.cli.prove;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One life of a broker, in a process that can be killed.
public final class BrokerProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;
  private static final int LINES_MAX = 200;

  /// What ours says, which may choose its port itself.
  private static final String LISTENING = "Listening on 127.0.0.1:";

  private final Process process;
  private final Deque<String> said = new ArrayDeque<>();
  private final CompletableFuture<Place> place = new CompletableFuture<>();
  private volatile Optional<Place> known = Optional.empty();
  private final CountDownLatch heardAll = new CountDownLatch(1);

  private BrokerProcess(Process process) {
    this.process = process;
    // What it says is always read: a full pipe would hold it up.
    Thread.ofVirtual().start(this::listen);
  }

  /// Starts a broker that says where it listens, as ours does. Does not wait for it.
  public static BrokerProcess launch(List<String> command) throws IOException {
    return new BrokerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /// The same with a broker of which is known where it will listen.
  static BrokerProcess launch(List<String> command, int port) throws IOException {
    BrokerProcess launched = launch(command);
    launched.listensAt(port);
    return launched;
  }

  private void listensAt(int port) {
    Place here = new Place(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    known = Optional.of(here);
    place.complete(here);
  }

  private void listen() {
    try (var output = process.inputReader(UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        heard(line);
        if (line.contains(LISTENING)) {
          String number = line.substring(line.indexOf(LISTENING) + LISTENING.length());
          listensAt(Integer.parseInt(number.replaceAll("\\D.*", "")));
        }
      }
    } catch (IOException | UncheckedIOException ended) {
      // With the process.
    } finally {
      place.completeExceptionally(new IOException("the broker does not listen: " + said()));
      heardAll.countDown();
    }
  }

  private void heard(String line) {
    synchronized (said) {
      said.addLast(line);
      if (said.size() > LINES_MAX) {
        said.removeFirst();
      }
      said.notifyAll();
    }
  }

  /// Waits until it says a line with `words`.
  public void awaitLine(String words) throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    synchronized (said) {
      while (said.stream().noneMatch(line -> line.contains(words))) {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (leftMillis <= 0) {
          throw new IOException("the broker does not say '%s': %s".formatted(words, said));
        }
        said.wait(leftMillis);
      }
    }
  }

  /// Waits until it says where it listens. Where that was known before, it may not be so far yet.
  public Place awaitListening() throws IOException, InterruptedException {
    try {
      return place.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the broker does not listen: " + said(), e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Lets it run for `millis`. True where it has ended by itself before that.
  public boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /// What `kill -9` does, to whatever the process itself started too: the broker may stand behind a
  /// script. Waits until all are gone.
  public void kill() throws InterruptedException {
    expectEnd();
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly().waitFor();
    for (ProcessHandle one : started) {
      one.destroyForcibly();
    }
    for (ProcessHandle one : started) {
      one.onExit().join();
    }
  }

  /// Stops it where it stands, with whatever it started too.
  void freeze() throws IOException, InterruptedException {
    expectEnd();
    List<ProcessHandle> all = new ArrayList<>(List.of(process.toHandle()));
    process.descendants().forEach(all::add);
    Freeze.stop(all);
  }

  private void expectEnd() {
    known.ifPresent(Place::expectLoss);
  }

  /// What `kill` does. What it says until it ends is still heard.
  public void askToEnd() {
    expectEnd();
    boolean unused = process.toHandle().destroy();
  }

  /// What `kill` does. Waits until it is gone.
  ///
  /// @return its exit status
  public int terminate() throws InterruptedException, IOException {
    askToEnd();
    return awaitEnd();
  }

  /// Waits until it has ended.
  ///
  /// @return its exit status
  public int awaitEnd() throws InterruptedException, IOException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("the broker does not end: " + said());
    }
    heardAll.await();
    return process.exitValue();
  }

  /// The last lines of what it said.
  public List<String> said() {
    synchronized (said) {
      return List.copyOf(said);
    }
  }

  @Override
  public void close() {
    expectEnd();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
