package io.holdfast.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of every tool that talks to a broker.
final class BrokerOptions {
  @Option(names = "--host", defaultValue = "127.0.0.1", description = "default: 127.0.0.1")
  private String host = "127.0.0.1";

  @Option(names = "--port", defaultValue = "1883", description = "default: 1883")
  private int port;

  @Option(names = "--mqtt", defaultValue = "3.1.1", description = "3.1.1 (default) or 5")
  private MqttVersion version = MqttVersion.V311;

  @Option(
      names = "--patience",
      defaultValue = "10",
      description = "seconds without an answer or delivery until it is given up; default: 10")
  private int patienceSeconds;

  @Option(
      names = "--broker-pid",
      description = "the process whose CPU time and memory are reported")
  private Optional<Long> pid = Optional.empty();

  @Option(
      names = "--broker-folder",
      description = "where it writes: what the disk there was written to is reported, by whomever")
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--bytes", defaultValue = "256", description = "payload; default: 256")
  private int payloadBytes;

  InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  MqttVersion version() {
    return version;
  }

  int patienceSeconds() {
    return patienceSeconds;
  }

  int payloadBytes() {
    return payloadBytes;
  }

  Optional<WatchedProcess> process() throws BenchException {
    Optional<BlockDevice> disk =
        folder.isPresent() ? Optional.of(BlockDevice.of(folder.get())) : Optional.empty();
    return pid.map(id -> new WatchedProcess(id, disk));
  }
}
