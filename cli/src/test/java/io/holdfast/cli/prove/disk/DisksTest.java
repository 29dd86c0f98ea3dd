package io.holdfast.cli.prove.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The disks behave as their names say. Skipped where the machine can have none.
@Timeout(60)
class DisksTest {
  private static final int LENGTH = 8192;

  private @TempDir Path folder;
  private final Teardown toClose = new Teardown();
  private Path data = Path.of("");
  private Path work = Path.of("");

  @BeforeEach
  void skipWhereThereCanBeNoDisk() throws IOException {
    Optional<String> hindrance = new Machine(folder).hindersPowerCuts();
    assumeTrue(hindrance.isEmpty(), () -> "no disk can be mounted here: " + hindrance);
    data = Files.createDirectory(folder.resolve("data"));
    work = Files.createDirectory(folder.resolve("work"));
  }

  @AfterEach
  void unmount() throws IOException {
    toClose.close();
    assertFalse(
        Files.readString(Path.of("/proc/self/mounts")).contains(folder.toString()),
        "something is still mounted");
  }

  @ParameterizedTest
  @EnumSource(
      value = FileSystem.class,
      names = {"XFS", "BTRFS"})
  void aPowerCutLeavesWhatWasSyncedAndNothingElse(FileSystem below) throws IOException {
    assumeTrue(below.canBeMade(), () -> "no image can be made of " + below);
    PowerCutDisk disk = PowerCutDisk.over(data, work, below);
    toClose.setUp(() -> {}, disk::close);
    FileChannel synced = write("synced", 'a');
    synced.force(true);
    FileChannel overwritten = write("overwritten", 'a');
    overwritten.force(true);
    overwritten.write(bytes('b'), 0);
    FileChannel unsynced = write("unsynced", 'a');

    PowerCutDisk.Cut cut = disk.cutPower();
    FileChannel late = write("late", 'a');
    late.force(true);
    for (FileChannel open : new FileChannel[] {synced, overwritten, unsynced, late}) {
      open.close();
    }
    disk.restorePower(cut);

    assertArrayEquals(bytes('a').array(), read("synced"));
    assertArrayEquals(bytes('a').array(), read("overwritten"));
    assertEquals(0, Files.exists(data.resolve("unsynced")) ? read("unsynced").length : 0);
    assertFalse(Files.exists(data.resolve("late")), "it was written when the power was gone");
  }

  @Test
  void thePowerIsCutAgainAndAgain() throws IOException {
    PowerCutDisk disk = PowerCutDisk.over(data, work);
    toClose.setUp(() -> {}, disk::close);
    for (int cut = 0; cut < 3; cut++) {
      try (FileChannel file = write("cut" + cut, 'a')) {
        file.force(true);
      }
      disk.restorePower(disk.cutPower());
    }
    for (int cut = 0; cut < 3; cut++) {
      assertArrayEquals(bytes('a').array(), read("cut" + cut));
    }
  }

  @Test
  void eachOfSeveralMomentsIsKept() throws IOException {
    PowerCutDisk disk = PowerCutDisk.over(data, work);
    toClose.setUp(() -> {}, disk::close);
    PowerCutDisk.Cut before = disk.cutPower();
    try (FileChannel file = write("file", 'a')) {
      file.force(true);
    }
    PowerCutDisk.Cut after = disk.cutPower();
    disk.restorePower(after);
    assertArrayEquals(bytes('a').array(), read("file"));
    disk.restorePower(before);
    assertFalse(Files.exists(data.resolve("file")));
  }

  @Test
  void aFullDiskTakesNothingUntilThereIsRoom() throws IOException {
    FullDisk disk = FullDisk.over(data, work);
    toClose.setUp(() -> {}, disk::close);
    disk.fail();
    assertThrows(
        IOException.class,
        () -> {
          for (int i = 0; i < 100; i++) {
            write("file" + i, 'a').close();
          }
        });
    disk.mend();
    write("room", 'a').close();
  }

  @Test
  void aReadOnlyDiskRefusesThoseWhoHaveTheirFilesOpen() throws IOException {
    ReadOnlyDisk disk = ReadOnlyDisk.over(data, work);
    toClose.setUp(() -> {}, disk::close);
    try (FileChannel file = write("file", 'a')) {
      file.force(true);
      disk.fail();
      assertThrows(
          IOException.class,
          () -> {
            file.write(bytes('b'), 0);
            file.force(false);
          });
      assertThrows(IOException.class, () -> write("another", 'a').close());
    }
    disk.mend();
    assertArrayEquals(bytes('a').array(), read("file"));
    write("another", 'a').close();
  }

  @Test
  void theDiskBelongsToWhomTheFolderBelonged() throws IOException {
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    Files.setAttribute(data, "unix:uid", 12345);
    PowerCutDisk disk = PowerCutDisk.over(data, work);
    toClose.setUp(() -> {}, disk::close);
    disk.restorePower(disk.cutPower());
    assertEquals(12345, Files.getAttribute(data, "unix:uid"));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
  }

  @Test
  void whatFailsSaysWhatTheSystemSaid() {
    IOException failure =
        assertThrows(
            IOException.class, () -> SystemCommand.run("umount", folder.resolve("nothing")));
    assertTrue(String.valueOf(failure.getMessage()).contains("nothing"), failure::toString);
  }

  private FileChannel write(String name, char content) throws IOException {
    FileChannel file =
        FileChannel.open(
            data.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      file.write(bytes(content), 0);
      return file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private byte[] read(String name) throws IOException {
    return Files.readAllBytes(data.resolve(name));
  }

  private static ByteBuffer bytes(char content) {
    return ByteBuffer.wrap(String.valueOf(content).repeat(LENGTH).getBytes(UTF_8));
  }
}
