package io.holdfast.cli.prove;

import io.holdfast.cli.prove.disk.FailingDisk;
import io.holdfast.cli.prove.disk.FullDisk;
import io.holdfast.cli.prove.disk.Machine;
import io.holdfast.cli.prove.disk.ReadOnlyDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The broker's disk fails under it.
final class FailingDiskTrial extends DiskTrial<FailingDisk> {
  /// A round takes long where the broker does not care.
  private static final int ROUNDS_SHARE = 5;

  private final String name;
  private final Mounting mounting;

  private FailingDiskTrial(String name, Mounting mounting) {
    this.name = name;
    this.mounting = mounting;
  }

  private interface Mounting {
    FailingDisk over(Path data, Path work) throws IOException;
  }

  static FailingDiskTrial full() {
    return new FailingDiskTrial("full disk", FullDisk::over);
  }

  static FailingDiskTrial readOnly() {
    return new FailingDiskTrial("read-only disk", ReadOnlyDisk::over);
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
  FailingDisk mount(Path data, Path work, Cleanup cleanup) throws IOException {
    return cleanup.hold(() -> mounting.over(data, work), FailingDisk::close);
  }

  @Override
  TrialResult run(FailingDisk disk, TrialContext context)
      throws BrokerException, IOException, InterruptedException {
    return new DiskFails(name, disk)
        .run(context.withRounds(Math.ceilDiv(context.rounds(), ROUNDS_SHARE)));
  }
}
