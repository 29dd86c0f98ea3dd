package io.holdfast.bench;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The load generator's command. Exit status: 0 when every acknowledged message arrived once and in
/// order, 1 when not, 2 when nothing could be measured.
@Command(
    name = "LoadGenerator",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Loads an MQTT broker at QoS 1 and checks that nothing is lost.")
final class LoadGenerator implements Callable<Integer> {
  @Option(names = "--host", defaultValue = "127.0.0.1", description = "default: 127.0.0.1")
  private String host = "127.0.0.1";

  @Option(names = "--port", defaultValue = "1883", description = "default: 1883")
  private int port;

  @Option(names = "--mqtt", defaultValue = "3.1.1", description = "3.1.1 (default) or 5")
  private MqttVersion version = MqttVersion.V311;

  @Option(names = "--publishers", defaultValue = "50", description = "default: 50")
  private int publishers;

  @Option(
      names = "--window",
      defaultValue = "20",
      description = "unacknowledged messages per publisher; default: 20")
  private int window;

  @Option(
      names = "--subscribers",
      defaultValue = "10",
      description = "durable, each taking its share of the topics; default: 10")
  private int subscribers;

  @Option(names = "--bytes", defaultValue = "256", description = "payload; default: 256")
  private int payloadBytes;

  @Option(names = "--warm-up", defaultValue = "5", description = "seconds; default: 5")
  private int warmUpSeconds;

  @Option(names = "--measure", defaultValue = "10", description = "seconds; default: 10")
  private int measuredSeconds;

  @Option(
      names = "--patience",
      defaultValue = "10",
      description = "seconds without an answer or delivery until it is given up; default: 10")
  private int patienceSeconds;

  @Option(
      names = "--idle-subscriptions",
      defaultValue = "0",
      description = "made before by one client, matching nothing; default: 0")
  private int idleSubscriptions;

  @Option(
      names = "--idle-sessions",
      defaultValue = "0",
      description = "durable, left before, matching nothing; not removed after; default: 0")
  private int idleSessions;

  @Option(names = "--broker-pid", description = "the process whose CPU time is reported")
  private Optional<Long> brokerPid = Optional.empty();

  private LoadGenerator() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new LoadGenerator())
            .registerConverter(MqttVersion.class, MqttVersion::of)
            .execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    Workload workload =
        new Workload(
            version,
            publishers,
            window,
            subscribers,
            payloadBytes,
            warmUpSeconds,
            measuredSeconds,
            patienceSeconds,
            idleSubscriptions,
            idleSessions);
    Optional<String> complaint = workload.complaint();
    if (complaint.isPresent()) {
      System.err.println(complaint.get());
      return 2;
    }
    try {
      Report report =
          new LoadRun(workload, new InetSocketAddress(host, port), brokerPid.map(ProcessCpu::new))
              .run();
      System.out.print(report.forPeople());
      System.out.println(report.forScripts());
      return report.checked().isClean() ? 0 : 1;
    } catch (BenchException e) {
      System.err.println(e.getMessage());
      return 2;
    }
  }
}
