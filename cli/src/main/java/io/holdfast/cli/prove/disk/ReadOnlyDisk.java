package io.holdfast.cli.prove.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A disk that turns read-only, mounted over a folder.
///
/// It does so as disks do that find themselves damaged: ext4 meets an error, and from then on
/// refuses everything that would change it, to those too who have their files open. (Plainly
/// remounting it would be refused while a file is open for writing.)
public final class ReadOnlyDisk implements FailingDisk {
  private static final long BYTES = 2L << 30;
  private static final String OPTIONS = "errors=remount-ro";

  /// That it was damaged, and is not any more, is a success of `e2fsck`.
  private static final int REPAIRED = 1;

  private final Path folder;
  private final Path image;
  private final Teardown teardown;
  private Mount mount;

  private ReadOnlyDisk(Path folder, Path image, Teardown teardown, Mount mount) {
    this.folder = folder;
    this.image = image;
    this.teardown = teardown;
    this.mount = mount;
  }

  /// @param folder what the disk is mounted over; it is empty
  /// @param work for the files that this is made of; it is empty too
  /// @throws IOException also where the kernel cannot be asked for an error
  public static ReadOnlyDisk over(Path folder, Path work) throws IOException {
    Teardown teardown = new Teardown();
    Path image = work.resolve("read-only.img");
    try {
      teardown.setUp(() -> FileSystem.EXT4.make(image, BYTES), () -> Files.deleteIfExists(image));
      Mount mount = Mount.over(folder, image, OPTIONS, teardown);
      ReadOnlyDisk disk = new ReadOnlyDisk(folder, image, teardown, mount);
      if (!Files.isWritable(disk.trigger())) {
        throw new IOException("the kernel has no " + disk.trigger());
      }
      return disk;
    } catch (IOException e) {
      teardown.closeAfter(e);
      throw e;
    }
  }

  private Path trigger() throws IOException {
    return Path.of("/sys/fs/ext4", mount.device().getFileName().toString(), "trigger_fs_error");
  }

  /// From now on nothing that is written or synced succeeds.
  @Override
  public void fail() throws IOException {
    Files.write(trigger(), "as holdfast prove asks".getBytes(UTF_8));
  }

  /// What an operator does: unmounts it, repairs it, mounts it. What was not on the disk when it
  /// turned read-only is gone.
  @Override
  public void mend() throws IOException {
    mount.unmount();
    SystemCommand.runUpTo(REPAIRED, "e2fsck", "-f", "-y", image);
    mount = Mount.over(folder, image, OPTIONS, teardown);
  }

  @Override
  public void close() throws IOException {
    teardown.close();
  }
}
