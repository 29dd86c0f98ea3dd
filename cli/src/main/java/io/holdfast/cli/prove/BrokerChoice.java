package io.holdfast.cli.prove;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Which broker is put to the test: how one is started, or where one runs.
public sealed interface BrokerChoice
    permits OwnChoice, CommandChoice, AttachedChoice, PowerCutChoice {
  /// As the report calls it.
  String name();

  /// Why a trial cannot say where the data are to lie; empty where it can.
  Optional<String> whyNotOnDataOfATrial();

  /// One broker, not running yet.
  ///
  /// @param data an empty folder, or one that a broker of this choice has left; looked at only
  ///   where the choice can start a broker on data of the trial's
  BrokerUnderTest on(Path data, Cleanup cleanup) throws IOException;
}
