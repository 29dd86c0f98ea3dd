package io.holdfast.cli.prove;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// Stops processes where they stand, until they are killed. On Linux.
final class Freeze {
  private static final int SIGSTOP = 19;
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final int PAUSE_MILLIS = 1;

  /// Of a thread that is on a processor or wants one. All others are stopped, wait for something
  /// that the kernel does for them and stop with it, or are gone.
  private static final String RUNNING = "RS";

  private Freeze() {}

  /// The system's call. Asked directly: a process that has to be started for it would be late.
  private interface Libc extends Library {
    int kill(int pid, int signal);
  }

  /// When it returns, none of `processes` does anything more by itself.
  static void stop(List<ProcessHandle> processes) throws IOException, InterruptedException {
    Libc libc = libc();
    for (ProcessHandle process : processes) {
      if (libc.kill((int) process.pid(), SIGSTOP) != 0 && process.isAlive()) {
        throw new IOException("process %d cannot be stopped".formatted(process.pid()));
      }
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    for (ProcessHandle process : processes) {
      while (isRunning(process)) {
        if (System.nanoTime() > deadline) {
          throw new IOException("process %d does not stop".formatted(process.pid()));
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private static Libc libc() throws IOException {
    try {
      return Native.load(Platform.C_LIBRARY_NAME, Libc.class);
    } catch (UnsatisfiedLinkError e) {
      throw new IOException("no process can be stopped from here: " + e.getMessage(), e);
    }
  }

  private static boolean isRunning(ProcessHandle process) throws IOException {
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    try (DirectoryStream<Path> each = Files.newDirectoryStream(threads)) {
      for (Path thread : each) {
        if (RUNNING.indexOf(state(thread)) >= 0) {
          return true;
        }
      }
      return false;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /// Stands behind the name, which is in brackets and may hold some itself.
  private static char state(Path thread) throws IOException {
    String stat;
    try {
      stat = Files.readString(thread.resolve("stat"));
    } catch (NoSuchFileException e) {
      return 'X';
    }
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }
}
