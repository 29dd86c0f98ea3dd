package io.holdfast.server;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A folder that one broker has for itself: it holds a lock on a file in it, which the system lets
/// go of when the process ends, however that happens.
final class DataFolder implements Closeable {
  private static final String LOCK_FILE = "holdfast.lock";

  private final FileChannel lock;

  private DataFolder(FileChannel lock) {
    this.lock = lock;
  }

  /// Makes the folder if it is not there, and locks it.
  static DataFolder lock(Path folder) throws StartException {
    FileChannel channel;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StartException("cannot use the folder " + folder + ": " + e, e);
    }
    try {
      if (channel.tryLock() != null) {
        return new DataFolder(channel);
      }
      channel.close();
    } catch (OverlappingFileLockException | IOException e) {
      throw new StartException(inUse(folder), e);
    }
    throw new StartException(inUse(folder));
  }

  private static String inUse(Path folder) {
    return "the folder " + folder + " is in use by another broker";
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
