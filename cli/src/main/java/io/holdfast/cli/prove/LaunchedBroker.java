package io.holdfast.cli.prove;

import io.holdfast.cli.prove.Cleanup.Doing;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A broker whose processes are started here.
final class LaunchedBroker implements BrokerUnderTest {
  private static final int LINES_SHOWN = 5;

  private final Doing<BrokerProcess> start;
  private final Cleanup cleanup;
  private Optional<BrokerProcess> process = Optional.empty();
  private long launchedNanos;
  private long startMillis;

  /// @param start starts the next process, and does not wait for it
  LaunchedBroker(Doing<BrokerProcess> start, Cleanup cleanup) {
    this.start = start;
    this.cleanup = cleanup;
  }

  @Override
  public void launch() throws IOException {
    launchedNanos = System.nanoTime();
    process = Optional.of(cleanup.hold(start, BrokerProcess::kill));
  }

  @Override
  public Place awaitReady() throws BrokerException, InterruptedException {
    BrokerProcess now = process.orElseThrow();
    try {
      Place place = now.awaitListening();
      Probe.awaitAccepted(place, now::isAlive);
      startMillis = (System.nanoTime() - launchedNanos) / 1_000_000;
      return place;
    } catch (IOException e) {
      throw new BrokerException("the broker does not start" + lastWords());
    } catch (BrokerException e) {
      throw new BrokerException("the broker does not start: " + e.getMessage() + lastWords());
    }
  }

  private String lastWords() {
    List<String> said = said();
    return said.isEmpty()
        ? ""
        : "; it said: "
            + String.join(" / ", said.subList(Math.max(0, said.size() - LINES_SHOWN), said.size()));
  }

  @Override
  public long startMillis() {
    return startMillis;
  }

  @Override
  public void kill() throws InterruptedException {
    if (process.isPresent()) {
      process.get().kill();
    }
  }

  @Override
  public void freeze() throws IOException, InterruptedException {
    if (process.isPresent()) {
      process.get().freeze();
    }
  }

  @Override
  public void letRun(long millis) throws BrokerException, InterruptedException {
    if (process.orElseThrow().endsWithin(millis)) {
      throw new BrokerException("the broker has ended by itself" + lastWords());
    }
  }

  @Override
  public List<String> said() {
    return process.map(BrokerProcess::said).orElse(List.of());
  }

  @Override
  public void close() {
    process.ifPresent(BrokerProcess::close);
  }
}
