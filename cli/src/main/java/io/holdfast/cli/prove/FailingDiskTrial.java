package io.holdfast.cli.prove;

import io.holdfast.cli.prove.disk.FailingDisk;
import io.holdfast.cli.prove.disk.FullDisk;
import io.holdfast.cli.prove.disk.Machine;
import io.holdfast.cli.prove.disk.ReadOnlyDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/// The broker's disk fails under it.
final class FailingDiskTrial<D extends FailingDisk> extends DiskTrial<D> {
  /// A round takes long where the broker does not care, and where it goes on.
  private static final int ROUNDS_SHARE = 5;

  private final String name;
  private final Mounting<D> mounting;
  private final Function<D, Trial> trial;

  private FailingDiskTrial(String name, Mounting<D> mounting, Function<D, Trial> trial) {
    this.name = name;
    this.mounting = mounting;
    this.trial = trial;
  }

  private interface Mounting<D> {
    D over(Path data, Path work) throws IOException;
  }

  static FailingDiskTrial<FullDisk> full() {
    return new FailingDiskTrial<>("full disk", FullDisk::over, DiskFills::new);
  }

  static FailingDiskTrial<ReadOnlyDisk> readOnly() {
    return new FailingDiskTrial<>("read-only disk", ReadOnlyDisk::over, DiskFails::new);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  Optional<String> hindrance(Machine machine) throws IOException {
    return machine.hindersDisks();
  }

  @Override
  D mount(Path data, Path work, Cleanup cleanup) throws IOException {
    return cleanup.hold(() -> mounting.over(data, work), FailingDisk::close);
  }

  @Override
  TrialResult run(D disk, TrialContext context)
      throws BrokerException, IOException, InterruptedException {
    return trial.apply(disk).run(context.withRounds(Math.ceilDiv(context.rounds(), ROUNDS_SHARE)));
  }
}
