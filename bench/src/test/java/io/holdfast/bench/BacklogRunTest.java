package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BacklogRunTest {
  private final List<String> lines = new ArrayList<>();

  @Test
  void publishingIsTimedStepByStepAndOnceMoreWhenAllWait() throws Exception {
    Report.Checked checked = run(new Backlog(true, 2_500, 1_000, false, 0));
    assertTrue(checked.isClean(), lines::toString);
    assertTold("online_delivered_per_s=", "empty_per_s=", "waiting=1000", "waiting=2000");
    assertTold("waiting=2500", "full_per_s=", "full_resident_bytes=", "lost=0");
  }

  /// What it keeps nothing of cannot be taken, and that is no figure.
  @Test
  void aBrokerThatForgetsABacklogIsTrouble() {
    String message =
        assertThrows(BenchException.class, () -> run(new Backlog(false, 100, 0, true, 0)))
            .toString();
    assertTrue(message.contains("no answer"), message);
    assertTold("fill_per_s=");
  }

  private Report.Checked run(Backlog backlog) throws Exception {
    double fast = Double.POSITIVE_INFINITY;
    Workload workload = new Workload(MqttVersion.V311, 6, 5, 2, 4, 64, fast, 0, 1, 1, 0, 0, 0);
    try (NullBroker broker = new NullBroker(NullBroker.Faults.NONE)) {
      return new BacklogRun(
              workload,
              backlog,
              broker.listen(0),
              Optional.of(WatchedProcess.own()),
              Topics.ofNewRun(),
              new Figures(lines::add))
          .run();
    }
  }

  private void assertTold(String... figures) {
    for (String figure : figures) {
      assertTrue(lines.stream().anyMatch(line -> line.contains(figure)), figure + " in " + lines);
    }
  }
}
