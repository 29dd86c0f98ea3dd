package io.holdfast.cli.prove;

import io.holdfast.cli.prove.disk.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A trial on a disk of its own that misbehaves, mounted over the broker's data folder. Skipped
/// where the machine can have none, or the broker's data cannot be put there.
///
/// @param <D> the kind of disk
abstract class DiskTrial<D> implements Trial {

  /// Why this machine cannot have such a disk.
  abstract Optional<String> hindrance(Machine machine) throws IOException;

  /// Mounts the disk over `data`.
  ///
  /// @param work an empty folder for what it is made of
  abstract D mount(Path data, Path work, Cleanup cleanup) throws IOException;

  /// @param context whose fresh broker has its data on the disk
  abstract TrialResult run(D disk, TrialContext context)
      throws BrokerException, IOException, InterruptedException;

  @Override
  public final TrialResult run(TrialContext context)
      throws BrokerException, IOException, InterruptedException {
    Optional<String> why = context.broker().whyNotOnDataOfATrial();
    if (why.isEmpty()) {
      why = hindrance(new Machine(context.folder()));
    }
    if (why.isPresent()) {
      return new TrialResult.Skipped(why.get());
    }
    D disk;
    try {
      Path work = Files.createDirectories(context.folder().resolve("disk"));
      disk = mount(context.dataFolder(), work, context.cleanup());
    } catch (IOException e) {
      return new TrialResult.Skipped("no disk can be mounted here: " + e.getMessage());
    }
    return run(disk, context);
  }
}
