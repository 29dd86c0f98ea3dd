package io.holdfast.cli.prove;

import java.io.IOException;
import java.util.List;

/// What is to be said at the end.
public final class Outcome {
  private final Report report;

  Outcome(Report report) {
    this.report = report;
  }

  public int exitStatus() {
    return report.verdict().exitStatus();
  }

  /// As people read it.
  public List<String> table() {
    return ReportTable.lines(report);
  }

  /// As machines read it.
  public String json() throws IOException {
    return ReportJson.text(report);
  }
}
