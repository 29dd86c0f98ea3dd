package io.holdfast.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.cli.prove.Report.Entry;
import io.holdfast.cli.prove.Report.Verdict;
import io.holdfast.cli.prove.TrialResult.Broke;
import io.holdfast.cli.prove.TrialResult.Ran;
import io.holdfast.cli.prove.TrialResult.Row;
import io.holdfast.cli.prove.TrialResult.Skipped;
import io.holdfast.protocol.packet.QoS;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a run comes to, and how it is shown.
class ReportTest {
  private static final Tally GOOD = new Tally(1_000, 1_000, 0, 0, 0);

  private static Ran ran(Tally tally, String... remarks) {
    return new Ran(List.of(new Row(QoS.AT_LEAST_ONCE, tally, Restarts.NONE)), List.of(remarks));
  }

  private static Report report(TrialResult... results) {
    List<Entry> entries = new ArrayList<>();
    for (TrialResult result : results) {
      entries.add(new Entry("trial " + (entries.size() + 1), result));
    }
    return new Report("a broker", 7, 3, Duration.ofSeconds(125), entries);
  }

  @Test
  void nothingMissingIsZero() {
    assertEquals(Verdict.KEPT, report(ran(GOOD), ran(GOOD)).verdict());
    assertEquals(0, Verdict.KEPT.exitStatus());
  }

  @Test
  void whatIsLostOrDuplicatedOrOutOfOrderAnywhereIsOne() {
    for (Tally bad :
        List.of(
            new Tally(10, 9, 1, 0, 0), new Tally(10, 10, 0, 1, 0), new Tally(10, 10, 0, 0, 1))) {
      assertEquals(Verdict.BROKEN, report(ran(GOOD), ran(bad)).verdict());
    }
    assertEquals(1, Verdict.BROKEN.exitStatus());
  }

  @Test
  void aBrokerThatBreaksIsOneEvenIfNothingIsMissing() {
    Broke broke = new Broke(ran(GOOD).rows(), List.of(), "it does not come back");
    assertEquals(Verdict.BROKEN, report(broke).verdict());
  }

  @Test
  void aTrialThatDidNotRunIsThreeUnlessSomethingIsWorse() {
    assertEquals(Verdict.INCOMPLETE, report(ran(GOOD), new Skipped("not root")).verdict());
    assertEquals(
        Verdict.BROKEN, report(new Skipped("not root"), ran(new Tally(1, 0, 1, 0, 0))).verdict());
    assertEquals(3, Verdict.INCOMPLETE.exitStatus());
  }

  @Test
  void aPersonReadsATable() {
    Row once = new Row(QoS.AT_LEAST_ONCE, GOOD, new Restarts(List.of(900L, 480L, 510L)));
    Row twice =
        new Row(QoS.EXACTLY_ONCE, new Tally(1_234_567, 1_234_560, 7, 2, 31), once.restarts());
    Report report =
        report(
            new Ran(List.of(once, twice), List.of("a", "b", "c", "d")),
            new Broke(ran(GOOD).rows(), List.of(), "it does not come back"),
            new Skipped("not root"));
    assertEquals(
        """
        a broker, 3 rounds, seed 7, 2 min 5 s

                                      acknowl-                    dupli-  out of
        trial                    QoS     edged delivered    LOST   cated   order restart
        trial 1                    1     1,000     1,000       0       0       0  0.51 s
                                   2 1,234,567 1,234,560       7       2      31  0.51 s
            a
            b
            c
            ... and more; --json has it
        trial 2                    1     1,000     1,000       0       0       0       -
            BROKE: it does not come back
        trial 3                  SKIPPED: not root

        Of 1,236,567 acknowledged messages 7 were LOST, 2 were duplicated, 31 came out of order.
        The broker broke in: trial 2.
        Not run: trial 3.
        """,
        text(report));
  }

  @Test
  void aPersonReadsThatAllIsWell() {
    assertEquals(
        "Of 1,000 acknowledged messages none was lost, duplicated or out of order.",
        ReportTable.lines(report(ran(GOOD))).getLast());
  }

  private static String text(Report report) {
    return String.join("\n", ReportTable.lines(report)) + "\n";
  }

  @Test
  void aMachineReadsOneObject() throws Exception {
    Row row = new Row(QoS.EXACTLY_ONCE, new Tally(5, 4, 1, 2, 3), new Restarts(List.of(9L, 7L)));
    Report report = report(new Ran(List.of(row), List.of("a \"remark\"")), new Skipped("not root"));
    assertEquals(
        "{'broker':'a broker','seed':7,'rounds':3,'seconds':125,'verdict':'broken',"
            + "'total':{'acknowledged':5,'delivered':4,'lost':1,'duplicated':2,'outOfOrder':3},"
            + "'trials':[{'trial':'trial 1','result':'ran','rows':[{'qos':2,'acknowledged':5,"
            + "'delivered':4,'lost':1,'duplicated':2,'outOfOrder':3,'restartMillisMedian':9,"
            + "'restartMillisMax':9}],'remarks':['a \\'remark\\'']},"
            + "{'trial':'trial 2','result':'skipped','why':'not root','rows':[],'remarks':[]}]}",
        ReportJson.text(report).replace('"', '\''));
  }
}
