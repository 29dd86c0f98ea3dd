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
///                                                    +--- clone ---> the next disk
///
/// Whether the loop device goes through the page cache of the image file makes no difference: a
/// clone first writes out what is there. So all that the ext4 has sent down is in it, and nothing
/// else. The image cannot change while it is cloned, its file system sees to that.
public final class PowerCutDisk {
  private static final long SHELF_BYTES = 4L << 30;
  private static final long DISK_BYTES = 768L << 20;

  private final Path folder;
  private final Path shelf;
  private final Teardown teardown;
  private Mount mount;
  private int images;

  private PowerCutDisk(Path folder, Path shelf, Teardown teardown, Mount mount) {
    this.folder = folder;
    this.shelf = shelf;
    this.teardown = teardown;
    this.mount = mount;
  }

  /// @param folder what the disk is mounted over; it is empty
  /// @param work for the files that this is made of; it is empty too
  public static PowerCutDisk over(Path folder, Path work, Teardown teardown) throws IOException {
    Path shelf = Files.createDirectory(work.resolve("shelf"));
    Path shelfImage = work.resolve("shelf.img");
    FileSystem kind =
        FileSystem.cloning().stream()
            .filter(FileSystem::canBeMade)
            .findFirst()
            .orElseThrow(() -> new CommandFailedException(Machine.NO_CLONING));
    teardown.setUp(
        () -> kind.make(shelfImage, SHELF_BYTES), () -> Files.deleteIfExists(shelfImage));
    Mount.over(shelf, shelfImage, "rw", teardown);
    Path image = image(shelf, 0);
    FileSystem.EXT4.make(image, DISK_BYTES);
    return new PowerCutDisk(folder, shelf, teardown, Mount.over(folder, image, "rw", teardown));
  }

  private static Path image(Path shelf, int number) {
    return shelf.resolve("disk-%d.img".formatted(number));
  }

  /// What is on the disk now, and nothing that comes after it, is what will be there when the power
  /// is back. Whoever writes to the disk meanwhile is not disturbed.
  public void cutPower() throws IOException {
    SystemCommand.run("cp", "--reflink=always", image(shelf, images), image(shelf, images + 1));
  }

  /// Puts what was on the disk when the power was cut in place of what was written to it since.
  /// Nobody may have anything open on it.
  public void restorePower() throws IOException {
    mount.unmount();
    Files.delete(image(shelf, images));
    images++;
    mount = Mount.over(folder, image(shelf, images), "rw", teardown);
  }
}
