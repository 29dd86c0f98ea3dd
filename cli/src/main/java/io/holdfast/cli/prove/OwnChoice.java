package io.holdfast.cli.prove;

import java.nio.file.Path;
import java.util.Optional;

/// The broker of this very program.
///
/// @param main has the method `main`
public record OwnChoice(String name, Class<?> main) implements BrokerChoice {

  @Override
  public Optional<String> whyNotOnDataOfATrial() {
    return Optional.empty();
  }

  @Override
  public BrokerUnderTest on(Path data, Cleanup cleanup) {
    return new LaunchedBroker(
        () ->
            BrokerProcess.launch(
                JavaCommand.line(
                    JavaCommand.sameFlags(), main, "broker", "-p", "0", "--data", data.toString())),
        cleanup);
  }
}
