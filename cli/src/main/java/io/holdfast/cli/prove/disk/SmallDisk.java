package io.holdfast.cli.prove.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A disk that can be full, mounted over a folder.
public final class SmallDisk implements AutoCloseable {
  private static final long BYTES = 192L << 20;
  private static final String FILLER = "filler-of-holdfast-prove";

  /// A few blocks may be left over where files are described.
  private static final long ROOM_BYTES_MAX = 64 << 10;

  private final Path filler;
  private final Teardown teardown;

  private SmallDisk(Path filler, Teardown teardown) {
    this.filler = filler;
    this.teardown = teardown;
  }

  /// @param folder what the disk is mounted over; it is empty
  /// @param work for the files that this is made of; it is empty too
  public static SmallDisk over(Path folder, Path work) throws IOException {
    Teardown teardown = new Teardown();
    Path image = work.resolve("small.img");
    try {
      teardown.setUp(() -> FileSystem.EXT4.make(image, BYTES), () -> Files.deleteIfExists(image));
      Mount.over(folder, image, "rw", teardown);
      return new SmallDisk(folder.resolve(FILLER), teardown);
    } catch (IOException e) {
      teardown.closeAfter(e);
      throw e;
    }
  }

  /// Takes all the room that is left.
  public void fill() throws IOException {
    // More than there is: it takes what it gets, and says that this was not all.
    SystemCommand.runUpTo(1, "fallocate", "--length", BYTES, filler);
    long room = Files.getFileStore(filler.getParent()).getUsableSpace();
    if (room > ROOM_BYTES_MAX) {
      throw new IOException("%s still has room for %d bytes".formatted(filler.getParent(), room));
    }
  }

  /// Gives it back.
  public void makeRoom() throws IOException {
    Files.deleteIfExists(filler);
  }

  @Override
  public void close() throws IOException {
    teardown.close();
  }
}
