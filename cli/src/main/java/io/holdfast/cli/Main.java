package io.holdfast.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The one program: `holdfast COMMAND`.
@Command(
    name = "holdfast",
    description = "A message queue for MQTT that never loses a message it has acknowledged.",
    subcommands = {BrokerCommand.class, ProveCommand.class, LogCommand.class},
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeOnInvalidInput = ExitStatus.USAGE)
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  Main() {
    this.spec = CommandSpec.create();
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  /// No command was given.
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Which command? `holdfast broker` starts the broker.");
  }
}
