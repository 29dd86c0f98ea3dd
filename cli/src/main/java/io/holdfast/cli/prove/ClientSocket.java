package io.holdfast.cli.prove;

import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.Will;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// One network connection of a client: packets over a blocking socket. One thread sends and
/// receives; any may close.
public final class ClientSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final ProtocolVersion version;
  private final PacketDecoder decoder;
  private ByteBuffer toSend = ByteBuffer.allocate(BUFFER_BYTES);
  private ByteBuffer came = ByteBuffer.allocate(BUFFER_BYTES).limit(0);

  private ClientSocket(Socket socket, ProtocolVersion version) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.version = version;
    this.decoder = new PacketDecoder(Integer.MAX_VALUE, PacketDecoder.Role.SERVER, version);
  }

  public static ClientSocket open(Place place, ProtocolVersion version) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(place.address(), PATIENCE_MILLIS);
      return new ClientSocket(socket, version);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// A connection with a durable session.
  public static ClientSocket connect(Place place, ProtocolVersion version, String clientId)
      throws IOException {
    return connect(place, version, clientId, false, Optional.empty());
  }

  public static ClientSocket connect(
      Place place, ProtocolVersion version, String clientId, boolean clean, Optional<Will> will)
      throws IOException {
    ClientSocket socket = open(place, version);
    socket.send(Client.connect(version, clientId, clean, 65535, will));
    socket.flush();
    ConnAck answer = socket.receive(ConnAck.class);
    if (answer.reasonCode() != ReasonCode.SUCCESS) {
      socket.close();
      throw new RefusedException(answer.reasonCode());
    }
    return socket;
  }

  /// Subscribes at QoS 1, and waits for the answer.
  public void subscribe(String filter) throws IOException {
    Requested requested =
        new Requested(filter, QoS.AT_LEAST_ONCE, false, false, RetainHandling.SEND);
    send(new Subscribe(1, 0, List.of(), List.of(requested)));
    flush();
    receive(SubAck.class);
  }

  /// The broker does not want the client.
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(ReasonCode reasonCode) {
      super("refused with " + reasonCode);
    }
  }

  /// What was received breaks the protocol.
  public static final class BrokenProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    BrokenProtocolException(String what) {
      super(what);
    }
  }

  /// Goes out with the next `flush`, or earlier.
  public void send(Packet packet) throws IOException {
    int length = (int) PacketEncoder.length(packet, version);
    if (length > toSend.remaining()) {
      flush();
      if (length > toSend.capacity()) {
        toSend = ByteBuffer.allocate(length);
      }
    }
    PacketEncoder.encode(packet, version, toSend);
  }

  /// Sends `length` bytes at once, whatever they mean.
  public void sendRaw(byte[] bytes, int length) throws IOException {
    flush();
    out.write(bytes, 0, length);
  }

  public void flush() throws IOException {
    out.write(toSend.array(), 0, toSend.position());
    toSend.clear();
  }

  /// Whether something has come that `receive` did not give yet.
  public boolean hasInput() {
    return came.hasRemaining();
  }

  public <P extends Packet> P receive(Class<P> type) throws IOException {
    Packet packet = receive();
    if (!type.isInstance(packet)) {
      throw new BrokenProtocolException(packet + " instead of a " + type.getSimpleName());
    }
    return type.cast(packet);
  }

  /// The next packet; its bytes are its own until the next call.
  ///
  /// @throws EOFException at the end
  public Packet receive() throws IOException {
    while (true) {
      switch (decoder.decode(came)) {
        case Decoded.Complete complete -> {
          if (complete.packet() instanceof Disconnect end) {
            throw new EOFException("the broker ends the connection: " + end);
          }
          return complete.packet();
        }
        case Decoded.Incomplete incomplete -> readMore(incomplete.packetBytes());
        case Decoded.Malformed malformed -> throw new BrokenProtocolException(malformed.why());
        case Decoded.UnsupportedVersion unsupported ->
            throw new BrokenProtocolException("no broker says this");
      }
    }
  }

  private void readMore(int packetBytes) throws IOException {
    if (packetBytes > came.capacity()) {
      came = ByteBuffer.allocate(packetBytes).put(came);
    } else {
      came.compact();
    }
    int read = in.read(came.array(), came.position(), came.remaining());
    came.position(came.position() + Math.max(0, read)).flip();
    if (read < 0) {
      throw new EOFException("the broker has closed the connection");
    }
  }

  /// Waits until the broker has ended the connection, whatever it sends before.
  public void awaitEnd() throws IOException {
    try {
      while (true) {
        receive();
      }
    } catch (EOFException end) {
      // As expected.
    }
  }

  /// Ends the connection without a word, as a client that is gone would.
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
