package io.holdfast.simulator.workload;

import io.holdfast.core.Limits;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One connection of a client: packets to bytes, and bytes, however they are cut, to packets.
final class Conversation implements Caller {
  private static final byte STALE = 0x55;

  private final World world;
  private final Party party;
  private final String name;
  private final ProtocolVersion version;
  private final PacketDecoder decoder;
  private @Nullable ClientEnd end;
  private byte[] rest = new byte[0];
  private boolean isOver;

  /// Whose conversation it is. Packets are borrowed until the call returns.
  interface Party {
    void opened(Conversation conversation);

    void received(Conversation conversation, Packet packet, int bytes);

    void closed(Conversation conversation);
  }

  Conversation(World world, Party party, String name, ProtocolVersion version) {
    this.world = world;
    this.party = party;
    this.name = name;
    this.version = version;
    this.decoder = new PacketDecoder(Limits.PACKET_BYTES_MAX, PacketDecoder.Role.SERVER, version);
  }

  void dial() {
    end = world.dial(this);
  }

  ProtocolVersion version() {
    return version;
  }

  // What the client does

  void send(Packet packet) {
    if (world.isTraced()) {
      world.trace(name + " > " + packet);
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) PacketEncoder.length(packet, version));
    PacketEncoder.encode(packet, version, bytes);
    sendBytes(bytes.flip());
  }

  /// Bytes that need not be a packet.
  void sendBytes(ByteBuffer bytes) {
    ClientEnd to = end;
    if (to != null && !isOver) {
      to.send(bytes);
    }
  }

  void close() {
    ClientEnd to = end;
    isOver = true;
    if (to != null) {
      trace("closes");
      to.close();
    }
  }

  void abort() {
    ClientEnd to = end;
    isOver = true;
    if (to != null) {
      trace("aborts");
      to.abort();
    }
  }

  void reads(boolean whether) {
    ClientEnd to = end;
    if (to != null && !isOver) {
      trace(whether ? "reads" : "does not read");
      to.reads(whether);
    }
  }

  private void trace(String what) {
    if (world.isTraced()) {
      world.trace(name + " " + what);
    }
  }

  // What the network tells

  @Override
  public void opened() {
    if (!isOver) {
      party.opened(this);
    }
  }

  @Override
  public void received(ByteBuffer bytes) {
    if (isOver) {
      return;
    }
    if (rest.length == 0) {
      decode(bytes);
      keep(bytes);
    } else {
      byte[] joined = Arrays.copyOf(rest, rest.length + bytes.remaining());
      bytes.get(joined, rest.length, bytes.remaining());
      ByteBuffer whole = ByteBuffer.wrap(joined);
      decode(whole);
      keep(whole);
      Arrays.fill(joined, STALE);
    }
  }

  private void keep(ByteBuffer bytes) {
    rest = new byte[bytes.remaining()];
    bytes.get(rest);
  }

  private void decode(ByteBuffer bytes) {
    while (bytes.hasRemaining() && !isOver) {
      int from = bytes.position();
      switch (decoder.decode(bytes)) {
        case Decoded.Complete complete -> {
          if (world.isTraced()) {
            world.trace(name + " < " + complete.packet());
          }
          party.received(this, complete.packet(), bytes.position() - from);
        }
        case Decoded.Incomplete more -> {
          return;
        }
        case Decoded.Malformed malformed ->
            throw world.violation("MQTT", name + " got what is no packet: " + malformed.why());
        case Decoded.UnsupportedVersion wrong ->
            throw world.violation("MQTT", name + " got a CONNECT: " + wrong);
      }
    }
  }

  @Override
  public void closed() {
    trace("is cut off");
    if (!isOver) {
      isOver = true;
      party.closed(this);
    }
  }
}
