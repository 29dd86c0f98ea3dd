package io.holdfast.cli.prove;

import java.io.IOException;

/// One thing that is done to a broker, and the count of what came of it.
interface Trial {
  /// As the table has it: at most 24 characters.
  String name();

  /// Runs it once, on the thread that calls.
  ///
  /// @throws BrokerException where the broker does not do what it has to, and the trial cannot go
  ///   on
  /// @throws IOException where something else fails, as a folder that cannot be made
  TrialResult run(TrialContext context) throws BrokerException, IOException, InterruptedException;
}
