package io.holdfast.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A folder of a real file system.
public final class FileDisk implements Disk {
  private static final int RESERVE_BYTES = 1 << 20;
  private static final int RESERVE_SYNC_BYTES = 8 << 20;

  private static final List<String> NO_SPACE =
      List.of(
          "No space left on device",
          "Disk quota exceeded",
          "File too large",
          "There is not enough space on the disk");

  private final Path folder;
  private final Set<StandardOpenOption> options;

  public FileDisk(Path folder) {
    this(folder, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  private FileDisk(Path folder, Set<StandardOpenOption> options) {
    this.folder = folder;
    this.options = options;
  }

  /// One that lets nobody change anything: a call that would is refused.
  public static FileDisk readOnly(Path folder) {
    return new FileDisk(folder, Set.of(StandardOpenOption.READ));
  }

  private void checkWritable() throws IOException {
    if (!options.contains(StandardOpenOption.WRITE)) {
      throw new IOException(folder + " is only read");
    }
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Override
  public DiskFile open(String name) throws IOException {
    Path path = folder.resolve(name);
    return new OpenFile(path, FileChannel.open(path, options));
  }

  @Override
  public DiskFile create(String name) throws IOException {
    checkWritable();
    Path path = folder.resolve(name);
    FileChannel[] channel = new FileChannel[1];
    named(
        "make",
        path,
        () ->
            channel[0] =
                FileChannel.open(
                    path,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE_NEW));
    return new OpenFile(path, channel[0]);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    checkWritable();
    Path source = folder.resolve(from);
    named(
        "rename",
        source,
        () -> Files.move(source, folder.resolve(to), StandardCopyOption.ATOMIC_MOVE));
  }

  /// Not asked of a `FileStore`, which throws where the mount is not listed.
  @Override
  public long usableBytes() {
    return folder.toFile().getUsableSpace();
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void named(String what, Path path, Action action) throws IOException {
    try {
      action.run();
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      String message = "cannot " + what + " " + path + ": " + e.getMessage();
      if (saysNoSpace(e)) {
        throw new NoSpaceException(message, e);
      }
      throw new IOException(message, e);
    }
  }

  /// The JDK passes on what the system says, and has no type for it: no space, a quota, a limit on
  /// the file's size, and Windows' words.
  private static boolean saysNoSpace(IOException e) {
    String said = String.valueOf(e.getMessage());
    return NO_SPACE.stream().anyMatch(said::contains);
  }

  @Override
  public void delete(String name) throws IOException {
    checkWritable();
    Files.delete(folder.resolve(name));
  }

  /// On Windows a folder cannot be opened for this, and its file system journals names by itself.
  @Override
  public void syncFolder() throws IOException {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  private final class OpenFile implements DiskFile {
    private final Path path;
    private final FileChannel channel;

    OpenFile(Path path, FileChannel channel) {
      this.path = path;
      this.channel = channel;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void reserve(long bytes) throws IOException {
      checkWritable();
      long at = size();
      if (at >= bytes) {
        return;
      }
      try {
        reserve(at, bytes);
        named("sync", () -> channel.force(true));
      } catch (NoSpaceException e) {
        named("shorten", () -> channel.truncate(at));
        throw e;
      }
    }

    private void reserve(long from, long bytes) throws IOException {
      ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(RESERVE_BYTES, bytes - from));
      long at = from;
      while (at < bytes) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
        int length = zeros.limit();
        write(at, zeros);
        at += length;
        if (at % RESERVE_SYNC_BYTES == 0 && at < bytes) {
          sync();
        }
      }
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      int before = target.position();
      while (target.hasRemaining()) {
        int read;
        try {
          read = channel.read(target, offset + target.position() - before);
        } catch (IOException e) {
          throw new IOException("cannot read " + path + ": " + e.getMessage(), e);
        }
        if (read < 0) {
          break;
        }
      }
      return target.position() - before;
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      checkWritable();
      int start = source.position();
      named(
          "write",
          () -> {
            while (source.hasRemaining()) {
              channel.write(source, offset + source.position() - start);
            }
          });
    }

    @Override
    public void sync() throws IOException {
      named("sync", () -> channel.force(false));
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    private void named(String what, Action action) throws IOException {
      FileDisk.named(what, path, action);
    }
  }
}
