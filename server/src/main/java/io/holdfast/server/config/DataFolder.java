package io.holdfast.server.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The folder of one broker's data, held as long as this is open: two brokers writing one log would
/// lose messages of both.
///
/// The lock is the system's, on the file `holdfast.lock`, so it ends with the process however that
/// ends. The file itself stays.
public final class DataFolder implements AutoCloseable {
  private static final String LOCK_FILE = "holdfast.lock";

  /// Folders that this process holds. A lock belongs to the process, and POSIX drops it when *any*
  /// descriptor of the file is closed in it: a second broker that merely tried would loosen the
  /// first one's lock by giving up. So it has to be turned away before it opens the file, and no
  /// place but a static one is seen by both.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private DataFolder(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /// Makes the folder if it does not exist, and takes it.
  public static DataFolder open(Path folder) throws DataFolderException {
    Path path = made(folder);
    if (!HELD_HERE.add(path)) {
      throw inUse(folder);
    }
    boolean isTaken = false;
    try {
      DataFolder taken = take(path);
      isTaken = true;
      return taken;
    } finally {
      if (!isTaken) {
        HELD_HERE.remove(path);
      }
    }
  }

  private static Path made(Path folder) throws DataFolderException {
    try {
      return Files.createDirectories(folder).toRealPath();
    } catch (FileAlreadyExistsException e) {
      throw new DataFolderException(folder, "cannot be made: " + whatIsInTheWay(folder));
    } catch (IOException e) {
      throw new DataFolderException(folder, "cannot be made: " + why(e));
    }
  }

  /// A link that leads nowhere mostly leads to a disk that is not mounted.
  private static String whatIsInTheWay(Path folder) {
    return Files.isSymbolicLink(folder) && !Files.exists(folder)
        ? "it is a link to something that is not there."
        : "a file of that name is in the way.";
  }

  private static DataFolder take(Path path) throws DataFolderException {
    try {
      FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      Optional<FileLock> lock = lock(channel);
      if (lock.isPresent()) {
        return new DataFolder(path, channel, lock.get());
      }
      channel.close();
    } catch (IOException e) {
      throw new DataFolderException(path, "cannot be locked: " + why(e));
    }
    throw inUse(path);
  }

  private static Optional<FileLock> lock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      // This process holds it under another class loader, which has its own HELD_HERE.
      return Optional.empty();
    }
  }

  private static DataFolderException inUse(Path folder) {
    return new DataFolderException(
        folder, "is in use by another Holdfast. Stop that one, or choose another with --data.");
  }

  private static String why(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "this user may not write to " + denied.getFile() + ".";
      case FileSystemException failed ->
          "%s (%s)."
              .formatted(
                  Objects.requireNonNullElse(failed.getReason(), "it failed"), failed.getFile());
      default -> e.getMessage() + ".";
    };
  }

  public Path path() {
    return path;
  }

  /// Whether Mosquitto's own store lies in `folder`, which is neither imported nor touched.
  ///
  /// @param name what it is called
  public static boolean holdsMosquittoStore(Path folder, String name) {
    return Files.exists(folder.resolve(name));
  }

  @Override
  public void close() throws DataFolderException {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new DataFolderException(path, "cannot be given back: " + why(e));
    } finally {
      HELD_HERE.remove(path);
    }
  }
}
