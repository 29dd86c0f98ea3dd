package io.holdfast.log.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;

/// A disk that forgets: what was not synced survives a crash by chance, sector by sector, and names
/// that the folder's sync did not cover as well. Can be told to stop at any call.
@NullUnmarked // a missing value fails the test anyway
public final class CrashDisk implements Disk {
  private static final int SECTOR = 4096;

  private final Random random;
  private final TreeMap<String, Content> names = new TreeMap<>();
  private TreeMap<String, Content> durableNames = new TreeMap<>();
  private int callsLeft = Integer.MAX_VALUE;
  private int syncs;
  private long readBytes;
  private boolean failsSyncs;
  private long capacityBytes = Long.MAX_VALUE;

  public CrashDisk(Random random) {
    this.random = random;
  }

  /// The power goes at the call after `calls` more.
  public void stopAfter(int calls) {
    callsLeft = calls;
  }

  /// So much fits on it.
  public void capacity(long bytes) {
    capacityBytes = bytes;
  }

  public long usedBytes() {
    return names.values().stream().mapToLong(content -> content.bytes.length).sum();
  }

  private void checkSpace(long more) throws NoSpaceException {
    if (more > 0 && more > capacityBytes - usedBytes()) {
      throw new NoSpaceException("the test's disk is full");
    }
  }

  public void failSyncs() {
    failsSyncs = true;
  }

  public int syncs() {
    return syncs;
  }

  /// How much was read so far.
  public long readBytes() {
    return readBytes;
  }

  /// What a restart finds. With `powerLost` unsynced things survive by chance, else all of them do,
  /// as after `kill -9`.
  public void restart(boolean powerLost) {
    callsLeft = Integer.MAX_VALUE;
    if (!powerLost) {
      return;
    }
    TreeMap<String, Content> survived = new TreeMap<>(durableNames);
    names.forEach((name, content) -> {
      if (random.nextBoolean()) {
        survived.values().removeIf(other -> other == content);
        survived.put(name, content);
      }
    });
    for (String name : durableNames.keySet()) {
      if (!names.containsKey(name) && random.nextBoolean()) {
        survived.remove(name);
      }
    }
    survived.values().forEach(content -> content.losePower(random));
    names.clear();
    names.putAll(survived);
    durableNames = new TreeMap<>(survived);
  }

  /// Flips a bit of what is stored.
  public void flip(String name, int offset) {
    byte[] bytes = names.get(name).bytes;
    bytes[offset] ^= 1;
    if (offset < names.get(name).synced.length) {
      names.get(name).synced[offset] ^= 1;
    }
  }

  public byte[] contentOf(String name) {
    return names.get(name).bytes.clone();
  }

  private void call() throws IOException {
    if (callsLeft-- <= 0) {
      throw new IOException("the power is gone");
    }
  }

  @Override
  public List<String> list() throws IOException {
    call();
    return List.copyOf(names.keySet());
  }

  @Override
  public DiskFile open(String name) throws IOException {
    call();
    if (!names.containsKey(name)) {
      throw new FileNotFoundException(name);
    }
    return new OpenFile(names.get(name));
  }

  @Override
  public DiskFile create(String name) throws IOException {
    call();
    Content content = new Content();
    if (names.putIfAbsent(name, content) != null) {
      throw new IOException(name + " is there");
    }
    return new OpenFile(content);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    call();
    Content content = names.remove(from);
    if (content == null) {
      throw new FileNotFoundException(from);
    }
    names.put(to, content);
  }

  @Override
  public void delete(String name) throws IOException {
    call();
    if (names.remove(name) == null) {
      throw new FileNotFoundException(name);
    }
  }

  @Override
  public long usableBytes() {
    return capacityBytes == Long.MAX_VALUE ? capacityBytes : capacityBytes - usedBytes();
  }

  @Override
  public void syncFolder() throws IOException {
    call();
    durableNames = new TreeMap<>(names);
  }

  @Override
  public String toString() {
    return "the test's disk";
  }

  private static final class Content {
    byte[] bytes = new byte[0];
    byte[] synced = new byte[0];

    void losePower(Random random) {
      int length = random.nextBoolean() ? bytes.length : synced.length;
      byte[] survived = Arrays.copyOf(synced, length);
      for (int at = 0; at < length; at += SECTOR) {
        if (random.nextBoolean() && at < bytes.length) {
          System.arraycopy(
              bytes, at, survived, at, Math.min(SECTOR, Math.min(length, bytes.length) - at));
        }
      }
      bytes = survived;
      synced = survived.clone();
    }
  }

  private final class OpenFile implements DiskFile {
    private final Content content;

    OpenFile(Content content) {
      this.content = content;
    }

    @Override
    public long size() throws IOException {
      call();
      return content.bytes.length;
    }

    @Override
    public void reserve(long bytes) throws IOException {
      call();
      if (content.bytes.length < bytes) {
        checkSpace(bytes - content.bytes.length);
        content.bytes = Arrays.copyOf(content.bytes, (int) bytes);
      }
      content.synced = content.bytes.clone();
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      call();
      int length = Math.clamp(content.bytes.length - offset, 0, target.remaining());
      target.put(content.bytes, (int) offset, length);
      readBytes += length;
      return length;
    }

    /// Sector by sector, so that a crash can come in between.
    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      long at = offset;
      while (source.hasRemaining()) {
        call();
        int length = Math.min(source.remaining(), SECTOR);
        if (content.bytes.length < at + length) {
          checkSpace(at + length - content.bytes.length);
          content.bytes = Arrays.copyOf(content.bytes, (int) at + length);
        }
        source.get(content.bytes, (int) at, length);
        at += length;
      }
    }

    @Override
    public void sync() throws IOException {
      call();
      syncs++;
      if (failsSyncs) {
        throw new IOException("the test's disk does not sync");
      }
      content.synced = content.bytes.clone();
    }

    @Override
    public void close() {}
  }

  /// The names with a prefix, for tests that hurt files.
  public List<String> namesEndingWith(String suffix) {
    List<String> found = new ArrayList<>();
    for (Map.Entry<String, Content> entry : names.entrySet()) {
      if (entry.getKey().endsWith(suffix)) {
        found.add(entry.getKey());
      }
    }
    return found;
  }
}
