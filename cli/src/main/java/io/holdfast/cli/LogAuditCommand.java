package io.holdfast.cli;

import io.holdfast.server.audit.AuditException;
import io.holdfast.server.audit.LogAudit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `holdfast log audit`: shows that no queue has lost anything without a reason.
@Command(
    name = "audit",
    description =
        "Recomputes, from the log of a broker that does not run, what each queue accepted and what"
            + " became of it, and compares. Changes nothing. docs/audit.md explains the columns.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitStatus.USAGE,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:Every queue's account is whole",
      "1:One is not",
      "2:Wrong usage",
      "3:Nothing can be said: a broker has the folder, or it is not there or cannot be read",
      "4:The log is damaged"
    })
final class LogAuditCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "DATA_FOLDER",
      description = "The broker's data folder, or a copy of it.")
  private Path folder = Path.of("");

  @Option(names = "--json", description = "Print the outcome for machines.")
  private boolean isJson;

  @Override
  @SuppressWarnings("SystemOut") // the outcome is what this is for
  public Integer call() throws IOException {
    LogAudit audit;
    try {
      audit = LogAudit.of(folder);
    } catch (AuditException e) {
      System.err.println("holdfast: " + e.getMessage());
      return e.isDamaged() ? ExitStatus.DAMAGED : ExitStatus.NOT_AUDITED;
    }
    if (isJson) {
      System.out.println(AuditJson.text(audit));
    } else {
      AuditTable.lines(audit).forEach(System.out::println);
    }
    return audit.holds() ? ExitStatus.OK : ExitStatus.DOES_NOT_HOLD;
  }
}
