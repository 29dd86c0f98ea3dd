package io.holdfast.server;

import io.holdfast.core.Event;
import io.holdfast.log.LogOptions;
import io.holdfast.log.SegmentedLog;
import io.holdfast.log.SpaceLimit;
import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.FileDisk;
import io.holdfast.log.disk.MemoryDisk;
import io.holdfast.server.config.Configuration;
import io.holdfast.server.config.DataFolder;
import io.holdfast.server.config.DataFolderException;
import io.holdfast.server.logging.BrokerLog;
import io.holdfast.server.transport.BindException;
import io.holdfast.server.transport.EventLoopThread;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// A running broker.
///
/// Any thread may call it. Any number of brokers run in one JVM, each with a folder of its own.
public final class Holdfast implements AutoCloseable {
  private static final int RELEASE_SECONDS = 10;

  private final EventLoopThread thread;
  private final BrokerLoop loop;
  private final List<InetSocketAddress> addresses;

  /// Done when nothing of the broker is left.
  private final CompletableFuture<Void> over;

  private Holdfast(EventLoopThread thread, BrokerLoop loop, CompletableFuture<Void> over) {
    this.thread = thread;
    this.loop = loop;
    this.over = over;
    this.addresses = loop.transport().addresses();
  }

  /// Starts a broker inside of another program, say a test: on a free port of loopback, open to
  /// everybody there, silent, with its data in `folder`, which is made if it does not exist.
  public static Holdfast start(Path folder) throws StartException {
    return start(Configuration.local(0), folder, BrokerLog.silent());
  }

  /// Starts a broker as an operator configured it.
  ///
  /// @param folder where its data are, unless they are kept in memory only. It is made if it does
  ///   not exist, and the broker has it for itself until it is closed
  /// @param log told what the operator may want to know; not closed with the broker
  public static Holdfast start(Configuration configuration, Path folder, BrokerLog log)
      throws StartException {
    BrokerOptions options = BrokerOptions.of(configuration, watcher(log));
    if (!configuration.keepsOnDisk()) {
      return start(options, opener(new MemoryDisk(), sizes(inMemory(configuration))));
    }
    DataFolder held;
    try {
      held = DataFolder.open(folder);
    } catch (DataFolderException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
    try {
      LogOptions sizes = sizes(onDisk(configuration, held.path()));
      return start(options, opener(new FileDisk(held.path()), sizes), () -> giveBack(held, log));
    } catch (StartException e) {
      giveBack(held, log);
      throw e;
    }
  }

  private static LogOptions sizes(SpaceLimit limit) {
    return LogOptions.forHeap(Runtime.getRuntime().maxMemory()).within(limit);
  }

  /// What is kept in memory only must leave some of it to everything else.
  private static SpaceLimit inMemory(Configuration configuration) {
    long most = Runtime.getRuntime().maxMemory() / 2;
    return new SpaceLimit(configuration.persistenceBytesMax().orElse(most), 0);
  }

  private static SpaceLimit onDisk(Configuration configuration, Path folder) {
    SpaceLimit usual = SpaceLimit.leavingFree(folder.toFile().getTotalSpace());
    return new SpaceLimit(
        configuration.persistenceBytesMax().orElse(usual.bytesMax()), usual.keptFreeBytes());
  }

  private static LogOpener opener(Disk disk, LogOptions options) {
    return (tasks, listener, handler) -> SegmentedLog.open(disk, options, tasks, listener, handler);
  }

  private static void giveBack(DataFolder held, BrokerLog log) {
    try {
      held.close();
    } catch (DataFolderException e) {
      log.warning(String.valueOf(e.getMessage()));
    }
  }

  private static Watcher watcher(BrokerLog log) {
    return new Watcher() {
      @Override
      public void observe(Event event) {
        log.observe(event);
      }

      @Override
      public void fatal(String what, Throwable why) {
        log.error(what);
        if (!(why instanceof IOException)) {
          StringWriter trace = new StringWriter();
          why.printStackTrace(new PrintWriter(trace));
          trace.toString().lines().forEach(log::error);
        }
      }
    };
  }

  static Holdfast start(BrokerOptions options, LogOpener opener) throws StartException {
    return start(options, opener, () -> {});
  }

  /// Binds, recovers, and takes clients in.
  ///
  /// @param atTheEnd runs when nothing touches the disk any more
  private static Holdfast start(BrokerOptions options, LogOpener opener, Runnable atTheEnd)
      throws StartException {
    EventLoopThread thread = new EventLoopThread();
    BrokerLoop loop = new BrokerLoop(thread, options);
    try {
      loop.transport().bind(options.listeners());
      open(thread, loop, opener);
    } catch (BindException e) {
      thread.execute(loop::abandon);
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (StartException e) {
      thread.execute(loop::abandon);
      throw e;
    }
    loop.transport().accept();
    return new Holdfast(thread, loop, loop.released().thenRun(atTheEnd));
  }

  private static void open(EventLoopThread thread, BrokerLoop loop, LogOpener opener)
      throws StartException {
    try {
      CompletableFuture.runAsync(
              () -> {
                try {
                  loop.open(opener);
                } catch (IOException e) {
                  throw new CompletionException(e);
                }
              },
              thread)
          .join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new StartException("the log cannot be opened: " + why(cause), cause);
    }
  }

  private static String why(Throwable cause) {
    return switch (cause) {
      case AccessDeniedException denied ->
          "this user may not read and write %s; was the broker run by another user before?"
              .formatted(denied.getFile());
      case IOException failed -> String.valueOf(failed.getMessage());
      default -> cause.toString();
    };
  }

  /// Where it listens: the first of its listeners.
  public InetSocketAddress address() {
    return addresses.getFirst();
  }

  /// The port of the first of its listeners.
  public int port() {
    return address().getPort();
  }

  /// Where all of its listeners listen, in their order.
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  /// Waits until the broker has ended. Gives what the process should exit with: 0 after `close`, 3
  /// where the log has failed, 4 where the broker itself is broken.
  public int awaitStop() {
    return loop.stopped().join();
  }

  /// Ends the broker: what was read is made durable and answered, clients are told, and the data
  /// folder is free when this returns. Where it has ended already, nothing happens.
  @Override
  public void close() {
    try {
      thread.execute(loop::stop);
    } catch (RejectedExecutionException e) {
      // It has ended by itself.
    }
    loop.stopped().join();
    // A copy: the data folder is given back when the disk is left alone, and not before.
    over.copy().completeOnTimeout(null, RELEASE_SECONDS, TimeUnit.SECONDS).join();
  }
}
