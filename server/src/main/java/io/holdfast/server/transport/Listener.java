package io.holdfast.server.transport;

import io.holdfast.core.ListenerSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/// Takes connections in at one address, or denies them.
final class Listener extends ChannelInitializer<Channel> {
  private final ListenerSettings settings;
  private final Connections connections;
  private int count;

  Listener(ListenerSettings settings, Connections connections) {
    this.settings = settings;
    this.connections = connections;
  }

  ListenerSettings settings() {
    return settings;
  }

  /// How many connections it has.
  int count() {
    return count;
  }

  void change(int by) {
    count += by;
  }

  @Override
  protected void initChannel(Channel channel) {
    String refusal = connections.refusal(this);
    if (!refusal.isEmpty()) {
      connections.denied(name(channel.remoteAddress()), refusal);
      var unused = channel.close();
      return;
    }
    Connection connection = new Connection(connections, this, channel);
    channel.config().setRecvByteBufAllocator(new Reads(connections, connection));
    channel.pipeline().addLast(connection);
  }

  /// As people write it: `127.0.0.1:1883`, `[::1]:1883`.
  static String name(SocketAddress address) {
    if (!(address instanceof InetSocketAddress internet)) {
      return String.valueOf(address);
    }
    String host =
        internet.getAddress() == null
            ? internet.getHostString()
            : internet.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + internet.getPort();
  }

  /// Stands before the part of Netty that takes connections in. Where that fails, says so once and
  /// tries again a moment later: nothing is left of what others would do about it, since without a
  /// file to spare not even a class can be loaded.
  final class Failures extends ChannelInboundHandlerAdapter {
    private static final int PAUSE_MILLIS = 500;

    private boolean failing;

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      if (failing) {
        failing = false;
        connections.warn("connections are accepted again");
      }
      context.fireChannelRead(accepted);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      Channel channel = context.channel();
      channel.config().setAutoRead(false);
      var unused =
          channel
              .eventLoop()
              .schedule(
                  () -> channel.config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      if (!failing) {
        failing = true;
        connections.warn(
            "cannot accept connections on %s, will try again: %s"
                .formatted(name(channel.localAddress()), cause.getMessage()));
      }
    }
  }
}
