package io.holdfast.cli.prove.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The file system of an image file, mounted over a folder. Its loop device goes with it.
///
/// The image's file system belongs to whom the folder belonged, so that a broker that gives up
/// root's rights can write there.
final class Mount {
  private static final int TRIES = 50;
  private static final long TRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Path folder;

  private Mount(Path folder) {
    this.folder = folder;
  }

  /// @param options as `mount -o` takes them, besides `loop`
  static Mount over(Path folder, Path image, String options, Teardown teardown) throws IOException {
    Mount mount = new Mount(folder);
    Map<String, Object> owner = Files.readAttributes(folder, "unix:uid,gid,mode");
    teardown.setUp(
        () -> SystemCommand.run("mount", "-o", "loop," + options, image, folder), mount::unmount);
    for (Map.Entry<String, Object> attribute : owner.entrySet()) {
      Files.setAttribute(folder, "unix:" + attribute.getKey(), attribute.getValue());
    }
    // Some brokers take every folder among their data for their own.
    Files.deleteIfExists(folder.resolve("lost+found"));
    SystemCommand.run("sync", "--file-system", folder);
    return mount;
  }

  /// As in `/dev/loop3`.
  Path device() throws IOException {
    return Path.of(Files.getFileStore(folder).name());
  }

  Path folder() {
    return folder;
  }

  /// Does nothing where it is not mounted any more. A process that has just been killed may be in
  /// the way for a moment. One that stays there loses sight of the folder, so that nothing is left
  /// behind once it ends.
  void unmount() throws IOException {
    for (int tries = 0; isMounted(); tries++) {
      try {
        SystemCommand.run("umount", folder);
      } catch (CommandFailedException e) {
        if (tries == TRIES) {
          SystemCommand.run("umount", "--lazy", folder);
          throw new IOException(folder + " is still in use, and was taken away", e);
        }
        LockSupport.parkNanos(TRY_NANOS);
      }
    }
  }

  private boolean isMounted() throws IOException {
    return Files.exists(folder)
        && !Files.getAttribute(folder, "unix:dev")
            .equals(Files.getAttribute(folder.resolve(".."), "unix:dev"));
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
