package io.holdfast.server.transport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// The one thread that reads, decides and writes. On Linux it waits with epoll, elsewhere with what
/// the JDK has.
///
/// An iteration is: look which channels are ready and read them all, run what was given to
/// `execute`, run what was given to `afterIteration`.
public final class EventLoopThread implements Executor {
  private final MultiThreadIoEventLoopGroup group;
  private final SingleThreadEventLoop loop;
  private final boolean epoll;

  /// Done when the thread has ended, for whatever reason.
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  public EventLoopThread() {
    epoll = Epoll.isAvailable();
    IoHandlerFactory handlers = epoll ? SteadyEpoll.newFactory() : NioIoHandler.newFactory();
    group = new MultiThreadIoEventLoopGroup(1, new Factory(ended), handlers);
    loop = (SingleThreadEventLoop) group.next();
  }

  MultiThreadIoEventLoopGroup group() {
    return group;
  }

  Class<? extends ServerChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  /// Runs `task` at the end of this iteration. On this thread only.
  public void afterIteration(Runnable task) {
    loop.executeAfterEventLoopIteration(task);
  }

  public Future<?> after(long millis, Runnable task) {
    return loop.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /// Ends the thread soon.
  public void shutdown() {
    var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /// Done when it has ended, for whatever reason.
  public CompletableFuture<Void> ended() {
    return ended;
  }

  private static final class Factory extends DefaultThreadFactory {
    private final CompletableFuture<Void> ended;

    Factory(CompletableFuture<Void> ended) {
      super("holdfast-loop");
      this.ended = ended;
    }

    @Override
    public Thread newThread(Runnable body) {
      return super.newThread(() -> {
        try {
          body.run();
        } finally {
          ended.complete(null);
        }
      });
    }
  }
}
