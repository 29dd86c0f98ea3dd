package io.holdfast.cli.prove;

import java.io.IOException;
import java.util.List;

/// One broker on its data, through all of its lives. The trial's thread uses it.
public interface BrokerUnderTest extends AutoCloseable {

  /// Starts it; does not wait for it.
  void launch() throws IOException;

  /// Waits until it accepts a client.
  ///
  /// @return where, until the next `kill`
  /// @throws BrokerException where it ended instead, or takes too long
  Place awaitReady() throws BrokerException, InterruptedException;

  /// How long the last start took until a client was accepted.
  long startMillis();

  /// `kill -9`. Waits until it is gone.
  void kill() throws IOException, InterruptedException;

  /// Stops it where it stands: nothing more is done or said until it is killed.
  void freeze() throws IOException, InterruptedException;

  /// Lets it run for `millis`.
  ///
  /// @throws BrokerException where it has ended by itself before that
  void letRun(long millis) throws BrokerException, InterruptedException;

  /// The last lines of what it said.
  List<String> said();

  /// Kills it, where it was started here and still runs.
  @Override
  void close();
}
