package io.holdfast.cli.prove;

import java.io.IOException;
import java.nio.file.Files;
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

  /// The same with another broker.
  TrialContext with(BrokerChoice other) {
    return new TrialContext(other, folder, prefix, rounds, random, progress, cleanup);
  }

  /// The same with another number of rounds.
  TrialContext withRounds(int other) {
    return new TrialContext(broker, folder, prefix, other, random, progress, cleanup);
  }

  /// Where the fresh broker has its data.
  Path dataFolder() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Folders.openToAll(data);
    return data;
  }

  /// A broker on data of its own, not running yet. Ended with the trial.
  BrokerUnderTest freshBroker() throws IOException {
    return brokerOn(dataFolder());
  }

  /// A broker on what lies in `data`, not running yet. Ended with the trial.
  BrokerUnderTest brokerOn(Path data) throws IOException {
    return broker.on(data, cleanup);
  }
}
