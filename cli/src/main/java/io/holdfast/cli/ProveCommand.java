package io.holdfast.cli;

import io.holdfast.cli.prove.AttachedChoice;
import io.holdfast.cli.prove.BrokerChoice;
import io.holdfast.cli.prove.CommandChoice;
import io.holdfast.cli.prove.Outcome;
import io.holdfast.cli.prove.OwnChoice;
import io.holdfast.cli.prove.Prove;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `holdfast prove`: shows what a broker makes of messages that it has acknowledged.
@Command(
    name = "prove",
    description =
        "Kills a broker in many ways, this one or any other, and counts what came of the messages"
            + " that it had acknowledged. docs/prove.md has the trials.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitStatus.USAGE,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:Nothing was lost, duplicated or out of order",
      "1:Something was, or the broker broke",
      "2:Wrong usage",
      "3:Nothing of that was seen, but a trial could not run"
    })
final class ProveCommand implements Callable<Integer> {
  private static final int ROUNDS_MAX = 100_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--broker",
      paramLabel = "COMMAND",
      description =
          "Try the broker that this command starts in the foreground, as 'mosquitto -c FILE'."
              + " {port} and {data}, in the command or in the file, stand for the port to listen on"
              + " and for an empty folder for the data. Default: this program's own.")
  private Optional<String> broker = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where it listens on this machine, if it does not take {port}.")
  private Optional<Integer> port = Optional.empty();

  @Option(
      names = "--attach",
      paramLabel = "HOST:PORT",
      description = "Try the broker that runs here as a service. Goes with --restart.")
  private Optional<String> attach = Optional.empty();

  @Option(
      names = "--restart",
      paramLabel = "COMMAND",
      description =
          "Kills that one as hard as it can be killed and starts it again, as 'docker restart -t 0"
              + " NAME'.")
  private Optional<String> restart = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Put the folders with the brokers' data here (default: the folder for temporary files)."
              + " They are removed at the end.")
  private Path data = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each trial does what it is about (default: ${DEFAULT-VALUE}).")
  private int rounds = 15;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Choose the same moments as an earlier run, as far as the machine lets it.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--trial",
      paramLabel = "NAME",
      description = "Run this trial only. May be given several times. Default: all.")
  private List<String> trials = new ArrayList<>();

  @Option(names = "--json", description = "Print the outcome for machines.")
  private boolean isJson;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    Prove prove =
        new Prove(
            choice(),
            rounds,
            seed.orElseGet(() -> new SecureRandom().nextLong(1_000_000)),
            trials,
            System.err,
            Terminal.isStandardError());
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(prove)));
    try {
      return tell(prove.run(data));
    } catch (IOException | InterruptedException e) {
      // When it was told to stop, that is what comes of it.
      if (!prove.isStopped()) {
        System.err.println("holdfast: " + e);
      }
      return ExitStatus.TRIAL_NOT_RUN;
    }
  }

  private static void stop(Prove prove) {
    try {
      prove.stop();
    } catch (IOException e) {
      System.err.println("holdfast: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void check() {
    if (rounds < 1 || rounds > ROUNDS_MAX) {
      throw wrong("--rounds %d: from 1 to %d is allowed.".formatted(rounds, ROUNDS_MAX));
    }
    if (port.isPresent() && (port.get() < 1 || port.get() > 65535)) {
      throw wrong("--port %d: a port from 1 to 65535 is allowed.".formatted(port.get()));
    }
    if (!Files.isDirectory(data)) {
      throw wrong("--data %s: there is no such folder.".formatted(data));
    }
    for (String trial : trials) {
      if (!Prove.trialNames().contains(trial)) {
        throw wrong(
            "--trial '%s': there are '%s'."
                .formatted(trial, String.join("', '", Prove.trialNames())));
      }
    }
    if (attach.isPresent() != restart.isPresent()) {
      throw wrong("--attach and --restart go together.");
    }
    if (attach.isPresent() && broker.isPresent()) {
      throw wrong("--attach or --broker, but not both.");
    }
    if (port.isPresent() && broker.isEmpty()) {
      throw wrong("--port goes with --broker.");
    }
  }

  private BrokerChoice choice() throws IOException {
    try {
      if (attach.isPresent() && restart.isPresent()) {
        return AttachedChoice.of(attach.get(), restart.get());
      }
      if (broker.isPresent()) {
        return CommandChoice.of(
            broker.get(), port.isPresent() ? OptionalInt.of(port.get()) : OptionalInt.empty());
      }
      return new OwnChoice("Holdfast " + Version.number(), Main.class);
    } catch (IllegalArgumentException e) {
      throw wrong((attach.isPresent() ? "--attach: " : "--broker: ") + e.getMessage());
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  @SuppressWarnings("SystemOut") // the outcome is what this is for
  private int tell(Outcome outcome) throws IOException {
    if (isJson) {
      System.out.println(outcome.json());
    } else {
      outcome.table().forEach(System.out::println);
    }
    return outcome.exitStatus();
  }
}
