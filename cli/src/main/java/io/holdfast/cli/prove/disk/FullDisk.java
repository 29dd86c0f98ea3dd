package io.holdfast.cli.prove.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A disk on which no room is left, mounted over a folder.
public final class FullDisk implements FailingDisk {
  private static final long BYTES = 2L << 30;
  private static final String FILLER = "filler-of-holdfast-prove";

  /// A few blocks may be left over where files are described.
  private static final long ROOM_BYTES_MAX = 64 << 10;

  private static final int TRIES = 50;

  private final Path filler;
  private final Teardown teardown;

  private FullDisk(Path filler, Teardown teardown) {
    this.filler = filler;
    this.teardown = teardown;
  }

  /// @param folder what the disk is mounted over; it is empty
  /// @param work for the files that this is made of; it is empty too
  public static FullDisk over(Path folder, Path work) throws IOException {
    Teardown teardown = new Teardown();
    Path image = work.resolve("full.img");
    try {
      teardown.setUp(() -> FileSystem.EXT4.make(image, BYTES), () -> Files.deleteIfExists(image));
      Mount.over(folder, image, "rw", teardown);
      return new FullDisk(folder.resolve(FILLER), teardown);
    } catch (IOException e) {
      teardown.closeAfter(e);
      throw e;
    }
  }

  /// Takes all the room that is left, and what is given back meanwhile.
  @Override
  public void fail() throws IOException {
    long room = Long.MAX_VALUE;
    for (int tries = 0; room > ROOM_BYTES_MAX; tries++) {
      if (tries == TRIES) {
        throw new IOException("%s still has room for %d bytes".formatted(filler.getParent(), room));
      }
      // More than there is: it takes what it gets, and says that this was not all.
      SystemCommand.runUpTo(1, "fallocate", "--length", BYTES, filler);
      room = Files.getFileStore(filler.getParent()).getUsableSpace();
    }
  }

  /// Gives it back.
  @Override
  public void mend() throws IOException {
    Files.deleteIfExists(filler);
  }

  @Override
  public void close() throws IOException {
    teardown.close();
  }
}
