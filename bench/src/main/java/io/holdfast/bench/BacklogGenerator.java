package io.holdfast.bench;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command that builds a backlog and measures what it costs. Exit status: 0 when everything
/// that was to be delivered arrived once and in order, 1 when not, 2 when nothing more could be
/// measured; the figures printed before are true also then.
@Command(
    name = "BacklogGenerator",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Has messages wait in an MQTT broker at QoS 1, and measures what that costs.")
final class BacklogGenerator implements Callable<Integer> {
  @Mixin private BrokerOptions broker = new BrokerOptions();

  @Mixin private LoadOptions load = new LoadOptions();

  @Option(names = "--online-first", description = "measure with everybody online before")
  private boolean isOnlineFirst;

  @Option(
      names = "--messages",
      defaultValue = "1000000",
      description = "that wait; default: 1000000")
  private long messages;

  @Option(
      names = "--step",
      defaultValue = "0",
      description = "time every so many, and publish one step more at the end; default: none")
  private long stepMessages;

  @Option(names = "--drain", description = "have the subscribers come back and take what waits")
  private boolean isDrained;

  @Option(
      names = "--published-part",
      defaultValue = "0.8",
      description = "of the speed online, to be published while they do; default: 0.8")
  private double publishedPart;

  @Option(names = "--name", description = "starts topics and client ids; default: a new one")
  private Optional<String> name = Optional.empty();

  private BacklogGenerator() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new BacklogGenerator())
            .registerConverter(MqttVersion.class, MqttVersion::of)
            .execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    Workload workload = load.workload(broker);
    Backlog backlog = new Backlog(isOnlineFirst, messages, stepMessages, isDrained, publishedPart);
    Optional<String> complaint = workload.complaint().or(backlog::complaint);
    if (complaint.isPresent()) {
      System.err.println(complaint.get());
      return 2;
    }
    try {
      return new BacklogRun(
                  workload,
                  backlog,
                  broker.address(),
                  broker.process(),
                  name.map(Topics::new).orElseGet(Topics::ofNewRun),
                  Figures.toStandardOutput())
              .run()
              .isClean()
          ? 0
          : 1;
    } catch (BenchException e) {
      System.err.println(e.getMessage());
      return 2;
    }
  }
}
