package io.holdfast.cli.prove;

import io.holdfast.cli.prove.disk.Machine;
import io.holdfast.cli.prove.disk.PowerCutDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A trial in which the power is cut wherever the broker is killed else.
final class PowerCuts extends DiskTrial<PowerCutDisk> {
  /// A cut takes longer than a kill: what the broker reads when it starts is in nobody's memory any
  /// more.
  private static final int ROUNDS_SHARE = 3;

  private final String name;
  private final Trial kills;

  /// @param kills what happens, with kills
  PowerCuts(String name, Trial kills) {
    this.name = name;
    this.kills = kills;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  Optional<String> hindrance(Machine machine) throws IOException {
    return machine.hindersPowerCuts();
  }

  @Override
  PowerCutDisk mount(Path data, Path work, Cleanup cleanup) throws IOException {
    return cleanup.hold(() -> PowerCutDisk.over(data, work), PowerCutDisk::close);
  }

  @Override
  TrialResult run(PowerCutDisk disk, TrialContext context)
      throws BrokerException, IOException, InterruptedException {
    return kills.run(
        context
            .with(new PowerCutChoice(context.broker(), disk))
            .withRounds(Math.ceilDiv(context.rounds(), ROUNDS_SHARE)));
  }
}
