package io.holdfast.cli;

import io.holdfast.core.AuditedQueue;
import io.holdfast.server.audit.LogAudit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An audit as people read it.
final class AuditTable {
  private static final int OWNER_MAX = 60;
  private static final String OUTSIDE_THE_LAW = "full";

  private AuditTable() {}

  static List<String> lines(LogAudit audit) {
    List<String> lines = new ArrayList<>();
    if (!audit.queues().isEmpty()) {
      lines.addAll(table(audit.queues()));
      lines.add("");
    }
    lines.add(
        "Recomputed from %s on, %s."
            .formatted(
                audit.from().snapshot().orElse("the log's beginning"),
                plural(audit.records(), "record")));
    lines.add(compared(audit));
    lines.add(conclusion(audit));
    return lines;
  }

  private static String compared(LogAudit audit) {
    if (audit.newest().snapshot().isEmpty()) {
      return "There is no snapshot yet to compare with.";
    }
    return audit.from().equals(audit.newest())
        ? "There is no older snapshot to compare it with."
        : "Compared with %s and with what a start makes of it."
            .formatted(audit.newest().snapshot().get());
  }

  private static List<String> table(List<AuditedQueue> queues) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(head(queues.getFirst()));
    queues.forEach(queue -> rows.add(row(queue)));
    List<String> lines = new ArrayList<>();
    int[] widths = widths(rows);
    for (int i = 0; i < rows.size(); i++) {
      lines.add(line(rows.get(i), widths));
      if (i > 0) {
        queues.get(i - 1).differences().forEach(how -> lines.add("    " + how));
      }
    }
    return lines;
  }

  private static List<String> head(AuditedQueue any) {
    List<String> head = new ArrayList<>(List.of("queue of"));
    any.account().counts().keySet().stream()
        .filter(name -> !name.equals(OUTSIDE_THE_LAW))
        .forEach(head::add);
    head.addAll(List.of("law", OUTSIDE_THE_LAW));
    return head;
  }

  private static List<String> row(AuditedQueue queue) {
    List<String> row = new ArrayList<>(List.of(shown(queue.owner())));
    queue
        .account()
        .counts()
        .forEach((name, count) -> {
          if (!name.equals(OUTSIDE_THE_LAW)) {
            row.add(number(count));
          }
        });
    row.add(law(queue));
    row.add(number(queue.account().full()));
    return row;
  }

  private static String law(AuditedQueue queue) {
    long missing = queue.account().missing();
    if (missing != 0) {
      return missing > 0 ? number(missing) + " MISSING" : number(-missing) + " TOO MANY";
    }
    return queue.differences().isEmpty() ? "holds" : "DIFFERS";
  }

  /// Client identifiers may hold what a terminal obeys.
  private static String shown(String owner) {
    String harmless = owner.replaceAll("\\p{C}", "?");
    return harmless.length() > OWNER_MAX ? harmless.substring(0, OWNER_MAX) + "..." : harmless;
  }

  private static int[] widths(List<List<String>> rows) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    line.append(("%-" + widths[0] + "s").formatted(row.getFirst()));
    for (int i = 1; i < widths.length; i++) {
      line.append(("  %" + widths[i] + "s").formatted(row.get(i)));
    }
    return line.toString();
  }

  private static String conclusion(LogAudit audit) {
    long bad = audit.queues().stream().filter(queue -> !queue.holds()).count();
    if (audit.queues().isEmpty()) {
      return "There is no durable queue.";
    }
    return bad == 0
        ? "The law holds for " + plural(audit.queues().size(), "queue") + "."
        : "The law does NOT hold for %s of %s."
            .formatted(number(bad), plural(audit.queues().size(), "queue"));
  }

  private static String plural(long count, String what) {
    return number(count) + " " + what + (count == 1 ? "" : "s");
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
