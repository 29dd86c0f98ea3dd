package io.holdfast.cli.prove;

import io.holdfast.cli.prove.TrialResult.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What came of all trials.
///
/// @param broker its name
/// @param entries in the order in which the trials ran
record Report(String broker, long seed, int rounds, Duration elapsed, List<Entry> entries) {
  Report {
    entries = List.copyOf(entries);
  }

  record Entry(String trial, TrialResult result) {}

  /// What it comes to, the worst first.
  enum Verdict {
    /// Something was lost, duplicated or out of order, or the broker broke.
    BROKEN(1),
    /// Nothing of that, but not every trial could run.
    INCOMPLETE(3),
    KEPT(0);

    private final int exitStatus;

    Verdict(int exitStatus) {
      this.exitStatus = exitStatus;
    }

    int exitStatus() {
      return exitStatus;
    }
  }

  Verdict verdict() {
    if (!total().isClean() || !all(TrialResult.Broke.class).isEmpty()) {
      return Verdict.BROKEN;
    }
    return all(TrialResult.Skipped.class).isEmpty() ? Verdict.KEPT : Verdict.INCOMPLETE;
  }

  /// Of all trials.
  Tally total() {
    Tally total = Tally.NONE;
    for (Entry entry : entries) {
      for (Row row : rows(entry.result())) {
        total = total.plus(row.tally());
      }
    }
    return total;
  }

  /// The names of the trials that came to this.
  List<String> all(Class<? extends TrialResult> kind) {
    List<String> names = new ArrayList<>();
    for (Entry entry : entries) {
      if (kind.isInstance(entry.result())) {
        names.add(entry.trial());
      }
    }
    return names;
  }

  static List<Row> rows(TrialResult result) {
    return switch (result) {
      case TrialResult.Ran ran -> ran.rows();
      case TrialResult.Broke broke -> broke.rows();
      case TrialResult.Skipped skipped -> List.of();
    };
  }

  static List<String> remarks(TrialResult result) {
    return switch (result) {
      case TrialResult.Ran ran -> ran.remarks();
      case TrialResult.Broke broke -> broke.remarks();
      case TrialResult.Skipped skipped -> List.of();
    };
  }
}
