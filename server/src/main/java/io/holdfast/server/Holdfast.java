package io.holdfast.server;

import io.holdfast.server.transport.BindException;
import io.holdfast.server.transport.EventLoopThread;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// A running broker.
///
/// Any thread may call it. Any number of brokers run in one JVM, each with a folder of its own.
public final class Holdfast implements AutoCloseable {
  private static final int RELEASE_SECONDS = 10;

  private final EventLoopThread thread;
  private final BrokerLoop loop;
  private final List<InetSocketAddress> addresses;

  private Holdfast(EventLoopThread thread, BrokerLoop loop) {
    this.thread = thread;
    this.loop = loop;
    this.addresses = loop.transport().addresses();
  }

  /// Binds, recovers, and takes clients in.
  static Holdfast start(BrokerOptions options, LogOpener opener) throws StartException {
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
    return new Holdfast(thread, loop);
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
      throw new StartException(
          "the log cannot be opened: "
              + (cause instanceof IOException ? cause.getMessage() : cause.toString()),
          cause);
    }
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
  public int awaitStop() throws InterruptedException {
    try {
      return loop.stopped().get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Ends the broker: what was read is made durable and answered, clients are told, and the data
  /// folder is free when this returns. Where it has ended already, nothing happens.
  @Override
  public void close() {
    if (!loop.stopped().isDone()) {
      thread.execute(loop::stop);
    }
    loop.stopped().join();
    loop.released().completeOnTimeout(null, RELEASE_SECONDS, TimeUnit.SECONDS).join();
  }
}
