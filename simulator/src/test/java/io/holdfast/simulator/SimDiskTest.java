package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.log.disk.DiskFile;
import io.holdfast.simulator.DiskFate.Call;
import io.holdfast.simulator.DiskFate.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SimDiskTest {
  private static final int SECTOR = SimFile.SECTOR_BYTES;
  private static final int TRIES = 200;

  private final SimDisk disk = new SimDisk(new SplittableRandom(1));

  private static ByteBuffer bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return ByteBuffer.wrap(bytes);
  }

  private static byte[] content(SimDisk of, String name) throws IOException {
    DiskFile file = of.open(name);
    ByteBuffer target = ByteBuffer.allocate((int) file.size());
    file.read(0, target);
    return target.array();
  }

  private byte[] content(String name) throws IOException {
    return content(disk, name);
  }

  private DiskFile made(String name, int length, int value) throws IOException {
    DiskFile file = disk.create(name);
    file.write(0, bytes(length, value));
    file.sync();
    disk.syncFolder();
    return file;
  }

  private void fails(Call which) {
    disk.fate((call, name) -> call == which ? Verdict.FAILS : Verdict.GOES_WELL);
  }

  /// What becomes of a thing over many tries, each with a disk of its own.
  private static <T> Set<T> outcomes(Function<SimDisk, T> story) {
    Set<T> outcomes = new HashSet<>();
    for (int seed = 0; seed < TRIES; seed++) {
      outcomes.add(story.apply(new SimDisk(new SplittableRandom(seed))));
    }
    return outcomes;
  }

  private interface Story<T> {
    T tell(SimDisk disk) throws IOException;
  }

  private static <T> Function<SimDisk, T> told(Story<T> story) {
    return disk -> {
      try {
        return story.tell(disk);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  @Test
  void aProcessThatDiesLeavesAllThatItWrote() throws IOException {
    disk.create("a").write(0, bytes(3 * SECTOR, 1));
    disk.processEnds();
    assertArrayEquals(bytes(3 * SECTOR, 1).array(), content("a"));
  }

  @Test
  void whatWasSyncedOutlivesThePower() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      made("a" + i, 3 * SECTOR, 1);
      disk.losePower();
      assertArrayEquals(bytes(3 * SECTOR, 1).array(), content("a" + i));
    }
  }

  @Test
  void anUnsyncedWriteIsKeptWhollyPartlyOrNotAtAll() {
    Set<String> kept =
        outcomes(
            told(lossy -> {
              DiskFile file = lossy.create("a");
              file.write(0, bytes(3 * SECTOR, 1));
              file.sync();
              lossy.syncFolder();
              file.write(0, bytes(3 * SECTOR, 2));
              lossy.losePower();
              byte[] found = content(lossy, "a");
              return "" + found[0] + found[SECTOR] + found[2 * SECTOR];
            }));
    assertEquals(Set.of("111", "112", "121", "122", "211", "212", "221", "222"), kept);
  }

  @Test
  void aSectorIsNeverTorn() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      DiskFile file = made("a" + i, 4 * SECTOR, 1);
      file.write(100, bytes(3 * SECTOR, 2));
      disk.losePower();
      byte[] found = content("a" + i);
      for (int sector = 1; sector < 3; sector++) {
        byte first = found[sector * SECTOR];
        byte last = found[sector * SECTOR + SECTOR - 1];
        assertEquals(first, last, "sector " + sector);
      }
    }
  }

  @Test
  void aLaterWriteMaySurviveAnEarlierOne() {
    assertTrue(
        outcomes(
                told(lossy -> {
                  DiskFile file = lossy.create("a");
                  file.write(0, bytes(2 * SECTOR, 1));
                  file.sync();
                  lossy.syncFolder();
                  file.write(0, bytes(SECTOR, 2));
                  file.write(SECTOR, bytes(SECTOR, 2));
                  lossy.losePower();
                  byte[] found = content(lossy, "a");
                  return "" + found[0] + found[SECTOR];
                }))
            .contains("12"));
  }

  @Test
  void aFileThatGrewMayBeShortAgain() {
    Set<Integer> sizes =
        outcomes(
            told(lossy -> {
              DiskFile file = lossy.create("a");
              file.sync();
              lossy.syncFolder();
              file.write(0, bytes(SECTOR, 2));
              lossy.losePower();
              return content(lossy, "a").length;
            }));
    assertTrue(sizes.contains(0), "nothing of it");
    assertTrue(sizes.contains(SECTOR), "all of it");
    assertTrue(sizes.size() > 2, "some of it");
  }

  @Test
  void aNewFileIsLostWithoutASyncOfTheFolder() {
    Set<List<String>> found =
        outcomes(
            told(lossy -> {
              lossy.create("a").sync();
              lossy.losePower();
              return lossy.list();
            }));
    assertEquals(Set.of(List.of(), List.of("a")), found);
  }

  @Test
  void anUnsyncedRenameIsLostOrNotAndTheFileHasOneName() {
    Set<List<String>> found =
        outcomes(
            told(lossy -> {
              lossy.create("a").sync();
              lossy.syncFolder();
              lossy.rename("a", "b");
              lossy.losePower();
              return lossy.list();
            }));
    assertEquals(Set.of(List.of("a"), List.of("b")), found);
  }

  @Test
  void anUnsyncedDeletionIsLostOrNot() {
    Set<List<String>> found =
        outcomes(
            told(lossy -> {
              lossy.create("a").sync();
              lossy.syncFolder();
              lossy.delete("a");
              lossy.losePower();
              return lossy.list();
            }));
    assertEquals(Set.of(List.of("a"), List.of()), found);
  }

  @Test
  void whatAFolderSyncCoveredStays() throws IOException {
    made("a", SECTOR, 1);
    disk.rename("a", "b");
    disk.syncFolder();
    disk.losePower();
    assertEquals(List.of("b"), disk.list());
  }

  @Test
  void aFailedSyncSaysSoAndTheContentStaysReadable() throws IOException {
    DiskFile file = made("a", SECTOR, 1);
    file.write(0, bytes(SECTOR, 2));
    fails(Call.SYNC);
    assertThrows(IOException.class, file::sync);
    disk.fate(DiskFate.KIND);
    assertArrayEquals(bytes(SECTOR, 2).array(), content("a"));
  }

  @Test
  void aSyncAfterAFailedOneSavesNothingOfIt() {
    Set<Byte> found =
        outcomes(
            told(lossy -> {
              DiskFile file = lossy.create("a");
              file.write(0, bytes(SECTOR, 1));
              file.sync();
              lossy.syncFolder();
              file.write(0, bytes(SECTOR, 2));
              lossy.fate((call, name) -> call == Call.SYNC ? Verdict.FAILS : Verdict.GOES_WELL);
              assertThrows(IOException.class, file::sync);
              lossy.fate(DiskFate.KIND);
              file.sync();
              lossy.losePower();
              return content(lossy, "a")[0];
            }));
    assertEquals(Set.of((byte) 1, (byte) 2), found);
  }

  @Test
  void aWriteThatFailsMayHaveGotSomewhere() {
    Set<String> found =
        outcomes(
            told(lossy -> {
              DiskFile file = lossy.create("a");
              file.write(0, bytes(2 * SECTOR, 1));
              lossy.fate((call, name) -> call == Call.WRITE ? Verdict.FAILS : Verdict.GOES_WELL);
              assertThrows(IOException.class, () -> file.write(0, bytes(2 * SECTOR, 2)));
              byte[] bytes = content(lossy, "a");
              return "" + bytes[0] + bytes[SECTOR];
            }));
    assertEquals(Set.of("11", "21", "22"), found);
  }

  @Test
  void createRenameReadAndFolderSyncCanFail() throws IOException {
    DiskFile file = made("a", SECTOR, 1);
    fails(Call.CREATE);
    assertThrows(IOException.class, () -> disk.create("b"));
    fails(Call.RENAME);
    assertThrows(IOException.class, () -> disk.rename("a", "b"));
    fails(Call.READ);
    assertThrows(IOException.class, () -> file.read(0, ByteBuffer.allocate(1)));
    fails(Call.SYNC_FOLDER);
    assertThrows(IOException.class, disk::syncFolder);
    fails(Call.RESERVE);
    assertThrows(IOException.class, () -> file.reserve(10 * SECTOR));
    disk.fate(DiskFate.KIND);
    assertEquals(List.of("a"), disk.list());
    assertEquals(5, disk.failures());
  }

  @Test
  void aFolderSyncThatFailedIsNotMadeGoodByTheNextOne() {
    Set<List<String>> found =
        outcomes(
            told(lossy -> {
              lossy.create("a").sync();
              lossy.fate(
                  (call, name) -> call == Call.SYNC_FOLDER ? Verdict.FAILS : Verdict.GOES_WELL);
              assertThrows(IOException.class, lossy::syncFolder);
              lossy.fate(DiskFate.KIND);
              lossy.syncFolder();
              lossy.losePower();
              return lossy.list();
            }));
    assertEquals(Set.of(List.of(), List.of("a")), found);
  }

  @Test
  void aFolderThatChangesIsWrittenWhole() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      disk.create("a" + i).sync();
      fails(Call.SYNC_FOLDER);
      assertThrows(IOException.class, disk::syncFolder);
      disk.fate(DiskFate.KIND);
      disk.create("b" + i).sync();
      disk.syncFolder();
      disk.losePower();
      assertTrue(disk.list().contains("a" + i), "the folder's later change saved it");
    }
  }

  @Test
  void aFullDiskTakesNothingNewAndWhatItHasCanBeWrittenOver() throws IOException {
    DiskFile file = made("a", 4 * SECTOR, 1);
    disk.capacity(disk.usedBytes() + SECTOR);
    file.write(0, bytes(4 * SECTOR, 2));
    assertThrows(IOException.class, () -> file.write(4 * SECTOR, bytes(2 * SECTOR, 2)));
    assertThrows(IOException.class, () -> disk.create("b").reserve(2 * SECTOR));
    disk.capacity(Long.MAX_VALUE);
    file.write(4 * SECTOR, bytes(2 * SECTOR, 2));
    assertEquals(2, disk.refusals());
  }

  @Test
  void aBitFlipsAtRestAndAnOperatorPutsItBack() throws IOException {
    made("a", SECTOR, 1);
    assertTrue(disk.flip("a", Integer.MAX_VALUE));
    assertTrue(disk.isHurt());
    byte[] hurt = content("a");
    int bits = 0;
    for (byte value : hurt) {
      bits += Integer.bitCount(value ^ 1);
    }
    assertEquals(1, bits);
    disk.losePower();
    assertArrayEquals(hurt, content("a"));
    disk.restore();
    assertArrayEquals(bytes(SECTOR, 1).array(), content("a"));
    assertFalse(disk.isHurt());
  }

  @Test
  void whatIsWrittenOverAFlippedBitIsNotHurt() throws IOException {
    DiskFile file = made("a", SECTOR, 1);
    disk.flip("a", Integer.MAX_VALUE);
    file.write(0, bytes(SECTOR, 2));
    assertFalse(disk.isHurt());
    disk.restore();
    assertArrayEquals(bytes(SECTOR, 2).array(), content("a"));
  }

  @Test
  void aStopInAWriteLeavesSomeOfIt() {
    Set<String> found =
        outcomes(
            told(lossy -> {
              DiskFile file = lossy.create("a");
              file.write(0, bytes(2 * SECTOR, 1));
              lossy.fate((call, name) -> call == Call.WRITE ? Verdict.STOPS : Verdict.GOES_WELL);
              assertThrows(Stopped.class, () -> file.write(0, bytes(2 * SECTOR, 2)));
              lossy.processEnds();
              lossy.fate(DiskFate.KIND);
              byte[] bytes = content(lossy, "a");
              return "" + bytes[0] + bytes[SECTOR];
            }));
    assertEquals(Set.of("11", "21", "22"), found);
  }

  @Test
  void aStopAtASyncLeavesItUnsynced() {
    Set<Byte> found =
        outcomes(
            told(lossy -> {
              DiskFile file = lossy.create("a");
              file.write(0, bytes(SECTOR, 1));
              file.sync();
              lossy.syncFolder();
              file.write(0, bytes(SECTOR, 2));
              lossy.fate((call, name) -> call == Call.SYNC ? Verdict.STOPS : Verdict.GOES_WELL);
              assertThrows(Stopped.class, file::sync);
              lossy.fate(DiskFate.KIND);
              lossy.losePower();
              return content(lossy, "a")[0];
            }));
    assertEquals(Set.of((byte) 1, (byte) 2), found);
  }

  @Test
  void aReservedFileIsThereAfterALossOfPower() throws IOException {
    DiskFile file = disk.create("a");
    disk.syncFolder();
    file.reserve(3 * SECTOR);
    disk.losePower();
    assertArrayEquals(new byte[3 * SECTOR], content("a"));
  }

  @Test
  void aProcessThatIsGoneTouchesNoFile() throws IOException {
    DiskFile file = made("a", SECTOR, 1);
    disk.processEnds();
    assertThrows(IllegalStateException.class, () -> file.write(0, bytes(SECTOR, 2)));
  }
}
