package io.holdfast.bench;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command that publishes to many sessions whose clients are away. Exit status: 0, or 2 when
/// nothing more could be measured; the figures printed before are true also then.
@Command(
    name = "FanOutGenerator",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Publishes what many offline sessions want to an MQTT broker, at QoS 1.")
final class FanOutGenerator implements Callable<Integer> {
  @Mixin private BrokerOptions broker = new BrokerOptions();

  @Option(names = "--sessions", defaultValue = "100000", description = "durable; default: 100000")
  private int sessions;

  @Option(
      names = "--every",
      defaultValue = "1",
      description = "so manieth session has the filter; default: 1")
  private int every;

  @Option(names = "--publishes", defaultValue = "1000", description = "over all; default: 1000")
  private int publishes;

  @Option(
      names = "--window",
      defaultValue = "20",
      description = "of the publisher beside an unrelated one, after a window of 1; default: 20")
  private int window;

  @Option(
      names = "--quiet",
      defaultValue = "3",
      description = "seconds that the unrelated publisher is alone; default: 3")
  private int quietSeconds;

  @Option(
      names = "--core-thread",
      defaultValue = "holdfast-loop",
      description = "start of its name in the broker, for its CPU time; default: holdfast-loop")
  private String coreThread = "holdfast-loop";

  private FanOutGenerator() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new FanOutGenerator())
            .registerConverter(MqttVersion.class, MqttVersion::of)
            .execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    FanOut fanOut =
        new FanOut(
            broker.version(),
            broker.payloadBytes(),
            broker.patienceSeconds(),
            sessions,
            every,
            publishes,
            window,
            quietSeconds);
    try {
      Optional<WatchedProcess> process = broker.process();
      Optional<String> complaint = fanOut.complaint();
      if (complaint.isPresent() || process.isEmpty()) {
        System.err.println(complaint.orElse("--broker-pid is needed"));
        return 2;
      }
      new FanOutRun(fanOut, broker.address(), process.get(), coreThread, Figures.toStandardOutput())
          .run();
      return 0;
    } catch (BenchException e) {
      System.err.println(e.getMessage());
      return 2;
    }
  }
}
