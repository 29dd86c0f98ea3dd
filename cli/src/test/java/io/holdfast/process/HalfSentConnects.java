package io.holdfast.process;

import com.sun.management.UnixOperatingSystemMXBean;
import io.holdfast.cli.prove.Client;
import io.holdfast.cli.prove.Place;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Optional;

/// Thousands of connections that each stop in the middle of their CONNECT.
final class HalfSentConnects implements AutoCloseable {
  private static final int OTHER_FILES = 500;
  private static final int CLIENT_ID_LENGTH = 2_000;

  private final InetSocketAddress address;
  private final ByteBuffer half;
  private final ArrayDeque<SocketChannel> open = new ArrayDeque<>();

  HalfSentConnects(Place place) {
    this.address = place.address();
    ProtocolVersion version = ProtocolVersion.V3_1_1;
    Connect connect =
        Client.connect(version, "x".repeat(CLIENT_ID_LENGTH), true, 65535, Optional.empty());
    ByteBuffer whole = ByteBuffer.allocate((int) PacketEncoder.length(connect, version));
    PacketEncoder.encode(connect, version, whole);
    this.half = whole.flip().limit(whole.limit() / 2);
  }

  /// How many this process can have, `wanted` at most.
  static int possible(int wanted) {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.min(wanted, unix.getMaxFileDescriptorCount() - OTHER_FILES)
        : wanted;
  }

  /// Makes `count` more.
  void open(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(address);
      open.addLast(channel);
      channel.write(half.duplicate());
      channel.configureBlocking(false);
    }
  }

  /// How many of them the broker has not closed, which it does when it has waited long enough.
  int stillOpen() throws IOException {
    int count = 0;
    for (SocketChannel channel : open) {
      count += channel.read(ByteBuffer.allocate(1)) == 0 ? 1 : 0;
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : open) {
      channel.close();
    }
  }
}
