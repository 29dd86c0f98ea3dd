package io.holdfast.cli.prove.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What this machine cannot do, and so not show.
public final class Machine {
  static final String NO_CLONING =
      "neither mkfs.xfs nor mkfs.btrfs is installed (Debian: xfsprogs, btrfs-progs)";

  private static final List<String> PROGRAMS =
      List.of("mount", "umount", "mkfs.ext4", "e2fsck", "fallocate", "cp", "sync");
  private static final long ROOM_BYTES = 4L << 30;

  private final Path work;

  /// @param work where the files go
  public Machine(Path work) {
    this.work = work;
  }

  /// Why it can have no disk that misbehaves. Empty where it can, as far as can be told without
  /// trying.
  public Optional<String> hindersDisks() throws IOException {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return Optional.of("only Linux has loop devices");
    }
    if (!isRoot()) {
      return Optional.of("only root may mount a disk");
    }
    if (!Files.exists(Path.of("/dev/loop-control"))) {
      return Optional.of("there are no loop devices (/dev/loop-control)");
    }
    Optional<String> missing =
        PROGRAMS.stream().filter(program -> SystemCommand.find(program).isEmpty()).findFirst();
    if (missing.isPresent()) {
      return Optional.of(missing.get() + " is not installed");
    }
    return Files.getFileStore(work).getUsableSpace() < ROOM_BYTES
        ? Optional.of("%s has less than %d GiB of room".formatted(work, ROOM_BYTES >> 30))
        : Optional.empty();
  }

  /// Why no power can be cut on it.
  public Optional<String> hindersPowerCuts() throws IOException {
    Optional<String> hindrance = hindersDisks();
    if (hindrance.isPresent()) {
      return hindrance;
    }
    return FileSystem.cloning().stream().anyMatch(FileSystem::canBeMade)
        ? Optional.empty()
        : Optional.of(NO_CLONING);
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }
}
