package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The disk that a folder lies on, as Linux counts it in `/sys`.
///
/// What `/proc/PID/io` calls written is no measure: it counts a whole folio of the page cache,
/// which may be megabytes, once any of it is dirty.
///
/// @param folder of the device in `/sys`
record BlockDevice(Path folder) {
  private static final int SECTOR_BYTES = 512;

  /// Of the fields of `stat` (the kernel's `Documentation/block/stat.rst`), from 0 on.
  private static final int SECTORS_WRITTEN = 6;

  static BlockDevice of(Path folder) throws BenchException {
    try {
      long number = (Long) Files.getAttribute(folder, "unix:dev");
      return new BlockDevice(Path.of("/sys/dev/block", nameOf(number)));
    } catch (IOException e) {
      throw new BenchException("no disk is known for " + folder, e);
    }
  }

  /// As in glibc's `gnu_dev_major` and `gnu_dev_minor`.
  static String nameOf(long number) {
    long major = ((number >> 8) & 0xfff) | ((number >> 32) & ~0xfffL);
    long minor = (number & 0xff) | ((number >> 12) & 0xffff_ff00L);
    return major + ":" + minor;
  }

  /// By everybody, since the machine was started.
  long writtenBytes() throws BenchException {
    try {
      return writtenBytes(Files.readString(folder.resolve("stat")));
    } catch (IOException e) {
      throw new BenchException("no figures in " + folder + ": is it a disk?", e);
    }
  }

  static long writtenBytes(String stat) {
    return Long.parseLong(stat.strip().split("\\s+", -1)[SECTORS_WRITTEN]) * SECTOR_BYTES;
  }
}
