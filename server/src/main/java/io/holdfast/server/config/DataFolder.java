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
  private static final String OTHERWISE = "Stop that one, or choose another with --data.";
  private static final String STOPPED_FIRST = "Stop that one first, or read a copy.";

  /// Folders that this process holds. A lock belongs to the process, and POSIX drops it when *any*
  /// descriptor of the file is closed in it: a second broker that merely tried would loosen the
  /// first one's lock by giving up. So it has to be turned away before it opens the file, and no
  /// place but a static one is seen by both.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final Optional<Held> held;

  private DataFolder(Path path, Optional<Held> held) {
    this.path = path;
    this.held = held;
  }

  /// The lock file, open, with the system's lock on it.
  private record Held(FileChannel channel, FileLock lock) {}

  /// Makes the folder if it does not exist, and takes it.
  public static DataFolder open(Path folder) throws DataFolderException {
    return take(
        made(folder),
        path -> {
          Set<StandardOpenOption> options =
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          return Optional.of(hold(path, options, false).orElseThrow(() -> inUse(path, OTHERWISE)));
        });
  }

  /// Takes a folder that is there, and changes nothing in it. Who else only reads may do so beside;
  /// no broker starts meanwhile. A folder that no broker ever had has nothing that could be locked:
  /// see `checkStillAlone`.
  public static DataFolder openForReading(Path folder) throws DataFolderException {
    return take(
        found(folder),
        path ->
            Files.exists(path.resolve(LOCK_FILE))
                ? Optional.of(
                    hold(path, Set.of(StandardOpenOption.READ), true)
                        .orElseThrow(() -> inUse(path, STOPPED_FIRST)))
                : Optional.empty());
  }

  /// Whether no broker came since the folder was opened for reading.
  public void checkStillAlone() throws DataFolderException {
    if (held.isEmpty() && Files.exists(path.resolve(LOCK_FILE))) {
      throw inUse(path, STOPPED_FIRST);
    }
  }

  /// Takes what is to be locked of a folder.
  private interface Taking {
    Optional<Held> take(Path path) throws DataFolderException;
  }

  private static DataFolder take(Path path, Taking taking) throws DataFolderException {
    if (!HELD_HERE.add(path)) {
      throw inUse(path, OTHERWISE);
    }
    boolean isTaken = false;
    try {
      DataFolder taken = new DataFolder(path, taking.take(path));
      isTaken = true;
      return taken;
    } finally {
      if (!isTaken) {
        HELD_HERE.remove(path);
      }
    }
  }

  private static Path found(Path folder) throws DataFolderException {
    if (!Files.isDirectory(folder)) {
      throw new DataFolderException(
          folder, Files.exists(folder) ? "is a file, and no folder." : "is not there.");
    }
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new DataFolderException(folder, "cannot be read: " + why(e));
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

  /// Empty where somebody else has it.
  private static Optional<Held> hold(Path path, Set<StandardOpenOption> options, boolean isShared)
      throws DataFolderException {
    try {
      FileChannel channel = FileChannel.open(path.resolve(LOCK_FILE), options);
      Optional<FileLock> lock = lock(channel, isShared);
      if (lock.isEmpty()) {
        channel.close();
      }
      return lock.map(taken -> new Held(channel, taken));
    } catch (IOException e) {
      throw new DataFolderException(path, "cannot be locked: " + why(e));
    }
  }

  private static Optional<FileLock> lock(FileChannel channel, boolean isShared) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock(0, Long.MAX_VALUE, isShared));
    } catch (OverlappingFileLockException e) {
      // This process holds it under another class loader, which has its own HELD_HERE.
      return Optional.empty();
    }
  }

  private static DataFolderException inUse(Path folder, String remedy) {
    return new DataFolderException(folder, "is in use by another Holdfast. " + remedy);
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
      if (held.isPresent()) {
        held.get().lock().release();
        held.get().channel().close();
      }
    } catch (IOException e) {
      throw new DataFolderException(path, "cannot be given back: " + why(e));
    } finally {
      HELD_HERE.remove(path);
    }
  }
}
