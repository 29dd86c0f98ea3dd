package io.holdfast.log.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A folder in memory, for a broker that is told to keep nothing. Gone with the process; only what
/// was written takes room.
public final class MemoryDisk implements Disk {
  private final TreeMap<String, MemoryFile> files = new TreeMap<>();

  @Override
  public synchronized List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    return existing(name);
  }

  @Override
  public synchronized DiskFile create(String name) throws IOException {
    MemoryFile file = new MemoryFile();
    if (files.putIfAbsent(name, file) != null) {
      throw new FileAlreadyExistsException(name);
    }
    return file;
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    MemoryFile file = existing(from);
    files.remove(from);
    files.put(to, file);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    existing(name);
    files.remove(name);
  }

  @Override
  public long usableBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public void syncFolder() {}

  private MemoryFile existing(String name) throws FileNotFoundException {
    MemoryFile file = files.get(name);
    if (file == null) {
      throw new FileNotFoundException(name);
    }
    return file;
  }

  @Override
  public String toString() {
    return "memory";
  }

  /// Pages that nothing was written to are not there, and read as zeros.
  private static final class MemoryFile implements DiskFile {
    private static final int PAGE_BYTES = 1 << 16;

    private final List<byte @Nullable []> pages = new ArrayList<>();
    private long size;

    @Override
    public synchronized long size() {
      return size;
    }

    @Override
    public synchronized void reserve(long bytes) {
      size = Math.max(size, bytes);
    }

    @Override
    public synchronized int read(long offset, ByteBuffer target) {
      int before = target.position();
      long at = offset;
      while (target.hasRemaining() && at < size) {
        int inPage = (int) (at % PAGE_BYTES);
        int length = (int) Math.min(Math.min(target.remaining(), PAGE_BYTES - inPage), size - at);
        byte[] page = page(at);
        if (page == null) {
          target.put(new byte[length]);
        } else {
          target.put(page, inPage, length);
        }
        at += length;
      }
      return target.position() - before;
    }

    private byte @Nullable [] page(long at) {
      int index = (int) (at / PAGE_BYTES);
      return index < pages.size() ? pages.get(index) : null;
    }

    @Override
    public synchronized void write(long offset, ByteBuffer source) {
      long at = offset;
      while (source.hasRemaining()) {
        int inPage = (int) (at % PAGE_BYTES);
        int length = Math.min(source.remaining(), PAGE_BYTES - inPage);
        source.get(writablePage(at), inPage, length);
        at += length;
      }
      size = Math.max(size, at);
    }

    private byte[] writablePage(long at) {
      int index = (int) (at / PAGE_BYTES);
      while (pages.size() <= index) {
        pages.add(null);
      }
      byte[] page = pages.get(index);
      if (page == null) {
        page = new byte[PAGE_BYTES];
        pages.set(index, page);
      }
      return page;
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
