package io.holdfast.server.transport;

import io.holdfast.core.ListenerSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

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

  /// Stands before the part of Netty that takes connections in, which pauses for a second where
  /// that fails. Says so once, until it works again.
  final class Failures extends ChannelInboundHandlerAdapter {
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
      if (!failing) {
        failing = true;
        connections.warn(
            "cannot accept connections on %s, tried again every second: %s"
                .formatted(name(context.channel().localAddress()), cause.getMessage()));
      }
      context.fireExceptionCaught(cause);
    }
  }
}
