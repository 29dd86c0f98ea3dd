package io.holdfast.cli.prove.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A disk whose power can be cut, mounted over a folder.
///
/// It is an ext4 file system in an image file, which lies on a file system that can clone files.
/// What a program on it has written but not synced is in the memory of the ext4 alone. A clone of
/// the image file is, at one moment, what a disk without a volatile cache would hold if the power
/// went then:
///
///     broker -> [ext4, behind a loop device] -> image file on [XFS or Btrfs, behind a loop device]
///                                                    |
///                                                    +--- clone ---> a disk for later
///
/// Whether the loop device goes through the page cache of the image file makes no difference: a
/// clone first writes out what is there. So all that the ext4 has sent down is in it, and nothing
/// else. The image cannot change while it is cloned, its file system sees to that.
public final class PowerCutDisk implements AutoCloseable {
  private static final long SHELF_BYTES = 16L << 30;
  private static final long DISK_BYTES = 4L << 30;

  private final Path folder;
  private final Path shelf;
  private final Teardown teardown;
  private Mount mount;
  private Cut present;
  private int cuts;

  private PowerCutDisk(Path folder, Path shelf, Teardown teardown, Mount mount, Cut present) {
    this.folder = folder;
    this.shelf = shelf;
    this.teardown = teardown;
    this.mount = mount;
    this.present = present;
  }

  /// What the disk held when its power was cut.
  public record Cut(int number) {
    private Path image(Path shelf) {
      return shelf.resolve("disk-%d.img".formatted(number));
    }
  }

  /// @param folder what the disk is mounted over; it is empty
  /// @param work for the files that this is made of; it is empty too
  public static PowerCutDisk over(Path folder, Path work) throws IOException {
    FileSystem kind =
        FileSystem.cloning().stream()
            .filter(FileSystem::canBeMade)
            .findFirst()
            .orElseThrow(() -> new CommandFailedException(Machine.NO_CLONING));
    return over(folder, work, kind);
  }

  static PowerCutDisk over(Path folder, Path work, FileSystem kind) throws IOException {
    Teardown teardown = new Teardown();
    try {
      Path shelf = Files.createDirectory(work.resolve("shelf"));
      Path shelfImage = work.resolve("shelf.img");
      teardown.setUp(
          () -> kind.make(shelfImage, SHELF_BYTES), () -> Files.deleteIfExists(shelfImage));
      Mount.over(shelf, shelfImage, "rw", teardown);
      Cut first = new Cut(0);
      FileSystem.EXT4.make(first.image(shelf), DISK_BYTES);
      Mount mount = Mount.over(folder, first.image(shelf), "rw", teardown);
      return new PowerCutDisk(folder, shelf, teardown, mount, first);
    } catch (IOException e) {
      teardown.closeAfter(e);
      throw e;
    }
  }

  /// Keeps what is on the disk now, for when the power is back. Whoever writes to the disk
  /// meanwhile is not disturbed.
  public Cut cutPower() throws IOException {
    Cut cut = new Cut(++cuts);
    SystemCommand.run("cp", "--reflink=always", present.image(shelf), cut.image(shelf));
    return cut;
  }

  /// Puts what was on the disk at `cut` in place of what is on it now. Nobody may have anything
  /// open on it. A cut can be used once.
  public void restorePower(Cut cut) throws IOException {
    mount.unmount();
    Files.delete(present.image(shelf));
    present = cut;
    mount = Mount.over(folder, cut.image(shelf), "rw", teardown);
  }

  @Override
  public void close() throws IOException {
    teardown.close();
  }
}
