package io.holdfast.core;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.MemoryDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// A data folder that a release left behind, as it is kept with the tests: its files compressed
/// under `disk/`, the story that filled it (`story.txt`), and what is recovered from it
/// (`recovered.txt`).
record KeptFolder(Path root, String release, String name) {
  private static final String COMPRESSED = ".gz";

  /// All below `root`: one folder for each release, and in it one for each story.
  static List<KeptFolder> all(Path root) throws IOException {
    List<KeptFolder> all = new ArrayList<>();
    for (String release : namesIn(root)) {
      for (String name : namesIn(root.resolve(release))) {
        all.add(new KeptFolder(root, release, name));
      }
    }
    return all;
  }

  private static List<String> namesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> folder.relativize(file).toString()).sorted().toList();
    }
  }

  private Path path() {
    return root.resolve(release).resolve(name);
  }

  Path recoveredText() {
    return path().resolve("recovered.txt");
  }

  private Path disk() {
    return path().resolve("disk");
  }

  /// The bytes of one file of the data folder.
  byte[] file(String name) throws IOException {
    try (GZIPInputStream in =
        new GZIPInputStream(Files.newInputStream(disk().resolve(name + COMPRESSED)))) {
      return in.readAllBytes();
    }
  }

  /// Makes a data folder of it, in an empty folder.
  void copyTo(Path folder) throws IOException {
    for (String name : names()) {
      Files.write(folder.resolve(name), file(name));
    }
  }

  private List<String> names() throws IOException {
    return namesIn(disk()).stream()
        .map(name -> name.substring(0, name.length() - COMPRESSED.length()))
        .toList();
  }

  /// Tells the story anew, with the broker and the log of today, and keeps the files that come of
  /// it.
  void write() throws IOException {
    MemoryDisk memory = new MemoryDisk();
    KeptStory.tell(Files.readAllLines(path().resolve("story.txt")), memory);
    Files.createDirectories(disk());
    for (String name : names()) {
      Files.delete(disk().resolve(name + COMPRESSED));
    }
    for (var file : filesOf(memory).entrySet()) {
      try (OutputStream out =
          new GZIPOutputStream(Files.newOutputStream(disk().resolve(file.getKey() + COMPRESSED)))) {
        out.write(file.getValue());
      }
    }
  }

  private static TreeMap<String, byte[]> filesOf(Disk disk) throws IOException {
    TreeMap<String, byte[]> files = new TreeMap<>();
    for (String name : disk.list()) {
      try (DiskFile file = disk.open(name)) {
        ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
        file.read(0, bytes);
        files.put(name, bytes.array());
      }
    }
    return files;
  }
}
