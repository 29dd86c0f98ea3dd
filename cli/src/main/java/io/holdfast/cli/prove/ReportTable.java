package io.holdfast.cli.prove;

import io.holdfast.cli.prove.Report.Entry;
import io.holdfast.cli.prove.TrialResult.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// A report as people read it.
final class ReportTable {
  private static final int REMARKS_SHOWN = 3;
  private static final String LINE = "%-24s %3s %9s %9s %7s %7s %7s %7s";

  private ReportTable() {}

  static List<String> lines(Report report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s, %d rounds, seed %d, %s"
            .formatted(
                report.broker(),
                report.rounds(),
                report.seed(),
                minutes(report.elapsed().toSeconds())));
    lines.add("");
    lines.add(LINE.formatted("", "", "acknowl-", "", "", "dupli-", "out of", "").stripTrailing());
    lines.add(
        LINE.formatted("trial", "QoS", "edged", "delivered", "LOST", "cated", "order", "restart"));
    report.entries().forEach(entry -> add(lines, entry));
    lines.add("");
    lines.addAll(conclusion(report));
    return lines;
  }

  private static void add(List<String> lines, Entry entry) {
    switch (entry.result()) {
      case TrialResult.Ran ran -> addRows(lines, entry);
      case TrialResult.Broke broke -> {
        addRows(lines, entry);
        lines.add("    BROKE: " + broke.why());
      }
      case TrialResult.Skipped skipped ->
          lines.add("%-24s SKIPPED: %s".formatted(entry.trial(), skipped.why()));
    }
    addRemarks(lines, Report.remarks(entry.result()));
  }

  private static void addRows(List<String> lines, Entry entry) {
    String name = entry.trial();
    for (Row row : Report.rows(entry.result())) {
      Tally tally = row.tally();
      lines.add(
          LINE.formatted(
              name,
              row.qos().level(),
              number(tally.acknowledged()),
              number(tally.delivered()),
              number(tally.lost()),
              number(tally.duplicated()),
              number(tally.outOfOrder()),
              seconds(row.restarts().median())));
      name = "";
    }
  }

  private static void addRemarks(List<String> lines, List<String> remarks) {
    for (String remark : remarks.subList(0, Math.min(REMARKS_SHOWN, remarks.size()))) {
      lines.add("    " + remark);
    }
    if (remarks.size() > REMARKS_SHOWN) {
      lines.add("    ... and more; --json has it");
    }
  }

  private static List<String> conclusion(Report report) {
    Tally total = report.total();
    List<String> lines = new ArrayList<>();
    if (total.isClean()) {
      lines.add(
          "Of %s acknowledged messages none was lost, duplicated or out of order."
              .formatted(number(total.acknowledged())));
    } else {
      lines.add(
          "Of %s acknowledged messages %s were LOST, %s were duplicated, %s came out of order."
              .formatted(
                  number(total.acknowledged()),
                  number(total.lost()),
                  number(total.duplicated()),
                  number(total.outOfOrder())));
    }
    addTrials(lines, "The broker broke in: ", report.all(TrialResult.Broke.class));
    addTrials(lines, "Not run: ", report.all(TrialResult.Skipped.class));
    return lines;
  }

  private static void addTrials(List<String> lines, String what, List<String> names) {
    if (!names.isEmpty()) {
      lines.add(what + String.join(", ", names) + ".");
    }
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String seconds(OptionalLong millis) {
    return millis.isEmpty()
        ? "-"
        : String.format(Locale.ROOT, "%.2f s", millis.getAsLong() / 1_000.0);
  }

  static String minutes(long seconds) {
    return seconds < 60 ? seconds + " s" : "%d min %d s".formatted(seconds / 60, seconds % 60);
  }
}
