package io.holdfast.cli.prove;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A broker that somebody else runs. Is killed and started by a command of the user's alone.
final class AttachedBroker implements BrokerUnderTest {
  private static final int PATIENCE_SECONDS = 60;

  private final InetSocketAddress address;
  private final List<String> restart;
  private Place place;
  private List<String> said = List.of();
  private long restartedNanos = System.nanoTime();
  private long startMillis;

  AttachedBroker(InetSocketAddress address, List<String> restart) {
    this.address = address;
    this.restart = restart;
    this.place = new Place(address);
  }

  /// It runs already: before the first life somebody else has started it, and later `kill` has.
  @Override
  public void launch() {}

  @Override
  public Place awaitReady() throws BrokerException, InterruptedException {
    Probe.awaitAccepted(place, () -> true);
    startMillis = (System.nanoTime() - restartedNanos) / 1_000_000;
    return place;
  }

  @Override
  public long startMillis() {
    return startMillis;
  }

  @Override
  public void kill() throws IOException, InterruptedException {
    place.expectLoss();
    place = new Place(address);
    restartedNanos = System.nanoTime();
    // Not a pipe: what the command leaves running may keep that open.
    Path output = Files.createTempFile("prove-restart", ".txt");
    try {
      int status = run(output.toFile());
      said = Files.readString(output).lines().toList();
      if (status != 0) {
        throw new IOException("the command of --restart ended with %d: %s".formatted(status, said));
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private int run(File output) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(restart).redirectErrorStream(true).redirectOutput(output).start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("the command of --restart does not end");
    }
    return process.exitValue();
  }

  @Override
  public void freeze() throws IOException {
    throw new IOException("a service is not stopped from here");
  }

  @Override
  public void letRun(long millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  @Override
  public List<String> said() {
    return said;
  }

  @Override
  public void close() {}
}
