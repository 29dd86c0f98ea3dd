package io.holdfast.cli.prove;

import io.holdfast.cli.prove.disk.PowerCutDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Another choice's broker, with its data on a disk whose power is cut when the broker is killed.
///
/// @param disk mounted over the data folder of the one broker that this is asked for
record PowerCutChoice(BrokerChoice choice, PowerCutDisk disk) implements BrokerChoice {

  @Override
  public String name() {
    return choice.name();
  }

  @Override
  public Optional<String> whyNotOnDataOfATrial() {
    return choice.whyNotOnDataOfATrial();
  }

  @Override
  public BrokerUnderTest on(Path data, Cleanup cleanup) throws IOException {
    return new PowerCutBroker(choice.on(data, cleanup), disk);
  }
}
