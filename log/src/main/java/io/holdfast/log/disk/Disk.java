package io.holdfast.log.disk;

import java.io.IOException;
import java.util.List;

/// A folder of files. Each call may block, and throws an `IOException` that names the file, which
/// is a `NoSpaceException` where the disk is full.
public interface Disk {
  /// The names of the files in the folder, sorted.
  List<String> list() throws IOException;

  /// Opens an existing file for reading and writing.
  DiskFile open(String name) throws IOException;

  /// Makes a new file; fails where there is one of that name.
  DiskFile create(String name) throws IOException;

  /// Puts `from` in `to`'s place, atomically. Durable after `syncFolder`.
  void rename(String from, String to) throws IOException;

  void delete(String name) throws IOException;

  /// How many bytes more files can take, as far as that is known.
  long usableBytes() throws IOException;

  /// Makes creations, renames and deletions before this call durable.
  void syncFolder() throws IOException;
}
