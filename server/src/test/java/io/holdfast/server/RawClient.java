package io.holdfast.server;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// A client that does exactly what it is told, byte by byte. Waits at most ten seconds for
/// anything.
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 40_000;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;
  private final ProtocolVersion version;
  private final PacketDecoder decoder;
  private ByteBuffer came = ByteBuffer.allocate(1 << 16).limit(0);

  RawClient(int port, ProtocolVersion version) throws IOException {
    this(port, version, 0);
  }

  /// @param receiveBufferBytes how much the system takes for it unread; 0 for its default
  RawClient(int port, ProtocolVersion version, int receiveBufferBytes) throws IOException {
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.version = version;
    this.decoder = new PacketDecoder(Integer.MAX_VALUE, PacketDecoder.Role.SERVER, version);
  }

  static Connect connect(ProtocolVersion version, String clientId, boolean clean) {
    return connect(version, clientId, clean, 60);
  }

  static Connect connect(
      ProtocolVersion version, String clientId, boolean clean, int keepAliveSeconds) {
    return new Connect(
        version,
        false,
        clientId,
        clean,
        keepAliveSeconds,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        version.isV5() ? (clean ? -1 : 3600) : -1,
        65535,
        -1,
        0,
        false,
        true,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  static Publish publish(String topic, QoS qos, int packetId, byte[] payload) {
    return new Publish(
        false,
        qos,
        false,
        packetId,
        Bytes.utf8(topic),
        0,
        -1,
        SubscriptionIdentifiers.NONE,
        Bytes.EMPTY,
        Bytes.of(payload));
  }

  static Subscribe subscribe(int packetId, String filter, QoS qos) {
    return new Subscribe(
        packetId,
        0,
        List.of(),
        List.of(new Requested(filter, qos, false, false, RetainHandling.SEND)));
  }

  byte[] bytesOf(Packet packet) {
    ByteBuffer bytes = ByteBuffer.allocate((int) PacketEncoder.length(packet, version));
    PacketEncoder.encode(packet, version, bytes);
    return bytes.array();
  }

  void send(Packet packet) throws IOException {
    send(bytesOf(packet));
  }

  void send(byte... bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /// Connects, and gives the answer.
  ConnAck connect(String clientId, boolean clean) throws IOException {
    send(connect(version, clientId, clean));
    return receive(ConnAck.class);
  }

  <P extends Packet> P receive(Class<P> type) throws IOException {
    return type.cast(
        receive().orElseThrow(() -> new IOException("closed, where a packet was expected")));
  }

  /// Whether something has come that `receive` did not give yet.
  boolean hasInput() throws IOException {
    return came.hasRemaining() || in.available() > 0;
  }

  /// The next packet, its bytes its own until the call after this one; empty at the end.
  Optional<Packet> receive() throws IOException {
    while (true) {
      switch (decoder.decode(came)) {
        case Decoded.Complete complete -> {
          return Optional.of(complete.packet());
        }
        case Decoded.Incomplete incomplete -> {
          if (!readMore(incomplete.packetBytes())) {
            return Optional.empty();
          }
        }
        case Decoded.Malformed malformed -> throw new IOException(malformed.why());
        case Decoded.UnsupportedVersion unsupported -> throw new IOException("no server says this");
      }
    }
  }

  private boolean readMore(int packetBytes) throws IOException {
    ByteBuffer more = ByteBuffer.allocate(Math.max(packetBytes, came.remaining() + (1 << 16)));
    more.put(came);
    int read = in.read(more.array(), more.position(), more.remaining());
    came = more.position(Math.max(0, read) + more.position()).flip();
    return read >= 0;
  }

  /// Waits for the end of the connection, whatever is sent before.
  void awaitEnd() throws IOException {
    while (receive().isPresent()) {}
  }

  /// Says that nothing more will be sent, and goes on to read.
  void finish() throws IOException {
    socket.shutdownOutput();
  }

  /// As the broker names it.
  String address() {
    return socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
  }

  /// Ends the connection as a client that is gone would.
  void hangUp() throws IOException {
    socket.close();
  }

  /// Ends the connection as a machine would that has forgotten it.
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
