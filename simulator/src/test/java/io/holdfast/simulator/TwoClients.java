package io.holdfast.simulator;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.simulator.workload.Caller;
import io.holdfast.simulator.workload.ClientEnd;
import io.holdfast.simulator.workload.Inhabitants;
import io.holdfast.simulator.workload.World;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The smallest population that can be lied to: one publishes numbers at QoS 1, one is subscribed
/// to them for ever.
final class TwoClients implements Inhabitants {
  private static final long MILLI = 1_000_000;
  private static final ProtocolVersion VERSION = ProtocolVersion.V3_1_1;

  private final World world;
  private final TreeSet<Integer> owed = new TreeSet<>();
  private final TreeSet<Integer> received = new TreeSet<>();

  /// Whether the operator set no limit by which a message may be lost.
  private final boolean isPromisedAll;

  private boolean subscribed;
  private boolean publishing = true;

  TwoClients(World world, BrokerSettings settings) {
    this.world = world;
    this.isPromisedAll =
        settings.sessionExpirySecondsMaximum() < 0 && settings.queueLimit().messagesMaximum() == 0;
  }

  @Override
  public void start() {
    new Subscriber().dial();
    new Publisher().dial();
  }

  @Override
  public void heal() {
    publishing = false;
  }

  @Override
  public boolean isQuiet(long nanos) {
    return isSettled();
  }

  @Override
  public void rest() {}

  @Override
  public boolean isSettled() {
    return !isPromisedAll || received.containsAll(owed);
  }

  @Override
  public boolean owesNothing() {
    return isSettled();
  }

  @Override
  public void check() {
    if (!isSettled()) {
      owed.removeAll(received);
      throw world.violation("P1", "acknowledged, and never delivered: " + owed);
    }
  }

  private abstract class Client implements Caller {
    private final String name;
    private @Nullable ClientEnd end;
    private PacketDecoder decoder = new PacketDecoder(1 << 20, PacketDecoder.Role.SERVER, VERSION);
    private ByteBuffer partial = ByteBuffer.allocate(0);

    Client(String name) {
      this.name = name;
    }

    void dial() {
      decoder = new PacketDecoder(1 << 20, PacketDecoder.Role.SERVER, VERSION);
      partial = ByteBuffer.allocate(0);
      end = world.dial(this);
    }

    @Override
    public void opened() {
      send(
          new Connect(
              VERSION,
              false,
              name,
              false,
              10,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              -1,
              65535,
              -1,
              0,
              false,
              true,
              List.of(),
              Optional.empty(),
              Optional.empty()));
    }

    @Override
    public void received(ByteBuffer bytes) {
      ByteBuffer all = ByteBuffer.allocate(partial.remaining() + bytes.remaining());
      all.put(partial).put(bytes).flip();
      partial = all;
      while (all.hasRemaining() && decoder.decode(all) instanceof Decoded.Complete complete) {
        hear(complete.packet());
      }
    }

    @Override
    public void closed() {
      end = null;
      world.after(world.random().nextLong(100 * MILLI), this::dial);
    }

    boolean isConnected() {
      return end != null;
    }

    void send(Packet packet) {
      ByteBuffer bytes = ByteBuffer.allocate((int) PacketEncoder.length(packet, VERSION));
      PacketEncoder.encode(packet, VERSION, bytes);
      if (end != null) {
        end.send(bytes.flip());
      }
    }

    abstract void hear(Packet packet);
  }

  private final class Subscriber extends Client {
    Subscriber() {
      super("alice");
    }

    @Override
    void hear(Packet packet) {
      switch (packet) {
        case ConnAck ack ->
            send(
                new Subscribe(
                    1,
                    0,
                    List.of(),
                    List.of(
                        new Requested(
                            "t/#", QoS.AT_LEAST_ONCE, false, false, RetainHandling.SEND))));
        case SubAck ack -> subscribed = true;
        case Publish publish -> {
          received.add(Integer.valueOf(publish.payload().toUtf8()));
          send(new PubAck(publish.packetId()));
        }
        default -> throw world.violation("test", "nobody asked for " + packet);
      }
    }
  }

  private final class Publisher extends Client {
    private int next = 1;

    Publisher() {
      super("bob");
    }

    @Override
    void hear(Packet packet) {
      switch (packet) {
        case ConnAck ack -> publish();
        case PubAck ack -> {
          owed.add(next);
          next++;
          world.after(world.random().nextLong(3 * MILLI), this::publish);
        }
        default -> throw world.violation("test", "nobody asked for " + packet);
      }
    }

    private void publish() {
      if (!isConnected() || !publishing) {
        return;
      }
      if (!subscribed) {
        world.after(10 * MILLI, this::publish);
        return;
      }
      send(
          new Publish(
              false,
              QoS.AT_LEAST_ONCE,
              false,
              1,
              Bytes.utf8("t/" + next % 3),
              0,
              -1,
              SubscriptionIdentifiers.NONE,
              Bytes.EMPTY,
              Bytes.utf8(Integer.toString(next))));
    }
  }
}
