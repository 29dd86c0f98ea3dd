package io.holdfast.cli.prove;

import io.holdfast.protocol.packet.QoS;
import java.util.List;

/// What came of a trial.
sealed interface TrialResult {

  /// It ran to its end.
  ///
  /// @param rows one for each QoS
  /// @param remarks what else was seen that must not be, in words
  record Ran(List<Row> rows, List<String> remarks) implements TrialResult {
    public Ran {
      rows = List.copyOf(rows);
      remarks = List.copyOf(remarks);
    }
  }

  /// The broker did not do what it has to, as come back after a crash, and the trial ended there.
  ///
  /// @param rows what was counted until then
  record Broke(List<Row> rows, List<String> remarks, String why) implements TrialResult {
    public Broke {
      rows = List.copyOf(rows);
      remarks = List.copyOf(remarks);
    }
  }

  /// It could not run here. Says nothing about the broker.
  record Skipped(String why) implements TrialResult {}

  /// @param restarts of the whole trial, the same in each of its rows
  record Row(QoS qos, Tally tally, Restarts restarts) {}
}
