package io.holdfast.server.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// The listeners, and the connections that came through them.
///
/// Listeners are bound first and take nobody in until `accept`: a port that is taken is known
/// before anything is touched, and who connects meanwhile waits.
public final class Transport {
  /// Connections that wait to be taken in, as far as the system allows. Who finds no room tries
  /// again a second later, and after a restart a whole fleet comes at once.
  private static final int BACKLOG = 8192;

  private static final int PAGE_BYTES = 8 << 10;
  private static final int CHUNK_ORDER = 5;
  private static final int SMALL_CACHED = 64;
  private static final int NORMAL_CACHED = 16;

  private final EventLoopThread loop;
  private final Connections connections;
  private final PooledByteBufAllocator allocator;
  private final List<Channel> channels = new ArrayList<>();

  public Transport(EventLoopThread loop, Arrivals arrivals, TransportLimits limits) {
    this.loop = loop;
    // One thread: one arena, and chunks of 256 KiB, so that little memory lies idle.
    this.allocator =
        new PooledByteBufAllocator(
            true, 0, 1, PAGE_BYTES, CHUNK_ORDER, SMALL_CACHED, NORMAL_CACHED, false);
    this.connections = new Connections(arrivals, limits, allocator);
  }

  public Connections connections() {
    return connections;
  }

  /// Binds all addresses, or none.
  public void bind(List<ListenerOptions> listeners) throws BindException {
    for (ListenerOptions options : listeners) {
      Listener listener = new Listener(options.settings(), connections);
      ChannelFuture bound = bootstrap(listener).bind(options.address()).awaitUninterruptibly();
      Throwable failure = bound.cause();
      if (failure != null && !options.isRequired() && !isTaken(failure)) {
        continue;
      }
      if (failure != null) {
        close();
        throw new BindException(
            "cannot listen on " + Listener.name(options.address()) + ": " + why(failure), failure);
      }
      channels.add(bound.channel());
    }
  }

  private ServerBootstrap bootstrap(Listener listener) {
    return new ServerBootstrap()
        .group(loop.group())
        .channel(loop.serverChannel())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.AUTO_READ, false)
        .childOption(ChannelOption.TCP_NODELAY, true)
        // Who closes without taking its answers has sent something before: that is still read.
        .childOption(ChannelOption.AUTO_CLOSE, false)
        .childOption(ChannelOption.ALLOCATOR, allocator)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(Integer.MAX_VALUE - 1, Integer.MAX_VALUE))
        .handler(listener.new Failures())
        .childHandler(listener);
  }

  private static String why(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof java.net.UnknownHostException
        || failure instanceof java.nio.channels.UnresolvedAddressException) {
      return "there is no such host";
    }
    if (isTaken(failure)) {
      return "the port is taken, by another broker?";
    }
    if (message.contains("ermission denied")) {
      return "no permission; a port below 1024 takes root's rights, or"
          + " AmbientCapabilities=CAP_NET_BIND_SERVICE beside User= in a systemd unit";
    }
    if (message.contains("annot assign")) {
      return "this machine does not have the address";
    }
    return message;
  }

  private static boolean isTaken(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains("already in use");
  }

  /// The addresses that are bound, in the order of the listeners.
  public List<InetSocketAddress> addresses() {
    return channels.stream().map(channel -> (InetSocketAddress) channel.localAddress()).toList();
  }

  /// Takes connections in from now on.
  public void accept() {
    channels.forEach(channel -> channel.config().setAutoRead(true));
  }

  /// Takes nobody in any more.
  public void close() {
    for (Channel channel : channels) {
      var unused = channel.close();
    }
  }
}
