package io.holdfast.server.logging;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/// A file that lines are appended to. When it was moved away or removed, a new one is begun under
/// its name, so rotating it takes no signal.
final class LogFile implements Outlet.Target {
  private static final long LOOK_AGAIN_MILLIS = 1000;

  private final Path path;
  private final LongSupplier nowMillis;
  private Optional<FileChannel> channel = Optional.empty();
  private Optional<Object> identity = Optional.empty();
  private long lookedMillis;

  LogFile(Path path, LongSupplier nowMillis) {
    this.path = path;
    this.nowMillis = nowMillis;
  }

  /// Makes the file, and its folder, if they do not exist.
  void open() throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null && !Files.exists(folder)) {
      Files.createDirectories(folder);
    }
    channel =
        Optional.of(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    identity = identityOnDisk();
    lookedMillis = nowMillis.getAsLong();
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    if (channel.isEmpty() || wasMovedAway()) {
      close();
      open();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.orElseThrow().write(buffer);
    }
  }

  private boolean wasMovedAway() throws IOException {
    long now = nowMillis.getAsLong();
    if (Math.abs(now - lookedMillis) < LOOK_AGAIN_MILLIS) {
      return false;
    }
    lookedMillis = now;
    return !identityOnDisk().equals(identity);
  }

  /// What tells this file from another one of its name; empty where there is none.
  private Optional<Object> identityOnDisk() throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return Optional.of(Objects.requireNonNullElse(attributes.fileKey(), path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isPresent()) {
      FileChannel open = channel.get();
      channel = Optional.empty();
      open.close();
    }
  }
}
