package io.holdfast.cli.prove.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The kinds of file system that images are made of.
enum FileSystem {
  /// What most brokers' data lie on. For few files; no room is kept for root; and all of it is laid
  /// out before it is used, not little by little behind the broker's back.
  EXT4("mkfs.ext4 -q -F -m 0 -i 262144 -E lazy_itable_init=0,lazy_journal_init=0,nodiscard"),
  /// Can clone files.
  XFS("mkfs.xfs -q -K -m reflink=1"),
  /// Can clone files.
  BTRFS("mkfs.btrfs -q -K");

  /// The command that makes one, and its options.
  private final String command;

  FileSystem(String command) {
    this.command = command;
  }

  /// Those whose files can be cloned, the better known one first.
  static List<FileSystem> cloning() {
    return List.of(XFS, BTRFS);
  }

  boolean canBeMade() {
    return SystemCommand.find(words().getFirst()).isPresent();
  }

  /// Makes an empty file system in a new file of `bytes`, which takes room only as it is used.
  void make(Path image, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
    SystemCommand.run(Stream.concat(words().stream(), Stream.of(image)).toArray());
  }

  private List<String> words() {
    return List.of(command.split(" ", -1));
  }
}
