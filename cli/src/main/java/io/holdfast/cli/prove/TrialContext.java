package io.holdfast.cli.prove;

import java.nio.file.Path;
import java.util.Random;

/// What a trial is given.
///
/// @param broker starts the broker
/// @param folder for the trial alone, empty; removed at its end
/// @param prefix begins every client identifier and topic of the trial, so that it meets nothing of
///   an earlier one: letters and digits
/// @param rounds how often the trial does what it is about
/// @param random the trial's own
/// @param progress is told how far it is
/// @param cleanup undoes, at the trial's end and also where the program is told to stop, what would
///   outlive the process
record TrialContext(
    BrokerChoice broker,
    Path folder,
    String prefix,
    int rounds,
    Random random,
    Progress progress,
    Cleanup cleanup) {

  /// A number of milliseconds below `until`.
  long randomMillis(long until) {
    return random.nextLong(until);
  }
}
