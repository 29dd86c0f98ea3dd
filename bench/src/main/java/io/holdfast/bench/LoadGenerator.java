package io.holdfast.bench;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The load generator's command. Exit status: 0 when every acknowledged message arrived once and in
/// order, 1 when not, 2 when nothing could be measured.
@Command(
    name = "LoadGenerator",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Loads an MQTT broker at QoS 1 and checks that nothing is lost.")
final class LoadGenerator implements Callable<Integer> {
  @Mixin private BrokerOptions broker = new BrokerOptions();

  @Mixin private LoadOptions load = new LoadOptions();

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

  @Option(
      names = "--retained",
      defaultValue = "0",
      description = "messages of 20 bytes, left before; not removed after; default: 0")
  private int retainedMessages;

  private LoadGenerator() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new LoadGenerator())
            .registerConverter(MqttVersion.class, MqttVersion::of)
            .execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    Workload workload = load.workload(broker, idleSubscriptions, idleSessions, retainedMessages);
    Optional<String> complaint = workload.complaint();
    if (complaint.isPresent()) {
      System.err.println(complaint.get());
      return 2;
    }
    try {
      Report report = new LoadRun(workload, broker.address(), broker.process()).run();
      System.out.print(report.forPeople());
      System.out.println(report.forScripts());
      return report.checked().isClean() ? 0 : 1;
    } catch (BenchException e) {
      System.err.println(e.getMessage());
      return 2;
    }
  }
}
