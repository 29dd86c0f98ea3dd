package io.holdfast.server;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.log.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A disk in memory that syncs when it may, or fails when it is told to.
final class ObedientDisk implements Disk {
  private final MemoryDisk disk = new MemoryDisk();
  private final AtomicInteger syncs = new AtomicInteger();
  private volatile boolean fails;
  private volatile CountDownLatch held = new CountDownLatch(0);

  /// No sync returns until `letGo`.
  void hold() {
    held = new CountDownLatch(1);
  }

  void letGo() {
    held.countDown();
  }

  int syncs() {
    return syncs.get();
  }

  /// From now on every sync fails.
  void fail() {
    fails = true;
  }

  private void obey() throws IOException {
    try {
      held.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (fails) {
      throw new IOException("input/output error");
    }
  }

  @Override
  public List<String> list() {
    return disk.list();
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new ObedientFile(disk.open(name));
  }

  @Override
  public DiskFile create(String name) throws IOException {
    return new ObedientFile(disk.create(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public long usableBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public void syncFolder() throws IOException {
    disk.syncFolder();
  }

  private final class ObedientFile implements DiskFile {
    private final DiskFile file;

    ObedientFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void reserve(long bytes) throws IOException {
      file.reserve(bytes);
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      return file.read(offset, target);
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      file.write(offset, source);
    }

    @Override
    public void sync() throws IOException {
      obey();
      syncs.incrementAndGet();
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
