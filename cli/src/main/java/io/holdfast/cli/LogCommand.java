package io.holdfast.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `holdfast log`: looks into the data of a broker that does not run.
@Command(
    name = "log",
    description = "Looks into the data of a broker that does not run.",
    subcommands = LogAuditCommand.class,
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeOnInvalidInput = ExitStatus.USAGE)
final class LogCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /// No command was given.
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Which command? `holdfast log audit` recomputes what queues hold.");
  }
}
