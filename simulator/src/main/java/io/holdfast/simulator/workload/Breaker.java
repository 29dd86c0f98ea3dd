package io.holdfast.simulator.workload;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.simulator.checker.Ledger;
import io.holdfast.simulator.checker.Message;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A client that breaks the protocol, again and again, and has to be cut off for it: what it sends
/// behind the break counts for nothing, and gets no answer.
final class Breaker implements Conversation.Party {
  private static final long SECOND = 1_000_000_000;
  private static final long PATIENCE = 30 * SECOND;
  private static final List<ProtocolVersion> VERSIONS = List.of(ProtocolVersion.values());
  private static final int BEHIND = 65_000;

  private final String name;
  private final World world;
  private final BrokerSettings settings;
  private final Ledger ledger;
  private final RandomGenerator random;
  private @Nullable Conversation conversation;
  private Trick trick = Trick.NOT_CONNECT_FIRST;
  private boolean hasBroken;
  private boolean healed;

  Breaker(String name, World world, BrokerSettings settings, Ledger ledger) {
    this.name = name;
    this.world = world;
    this.settings = settings;
    this.ledger = ledger;
    this.random = world.random();
  }

  void start() {
    world.after(random.nextLong(SECOND), this::dial);
  }

  /// It stays away.
  void heal() {
    healed = true;
    Conversation current = conversation;
    if (current != null) {
      current.abort();
      conversation = null;
    }
  }

  private void dial() {
    if (healed) {
      return;
    }
    ProtocolVersion version = VERSIONS.get(random.nextInt(3));
    do {
      trick = Trick.draw(random);
    } while (!trick.breaks(version));
    hasBroken = false;
    Conversation fresh = new Conversation(world, this, name, version);
    conversation = fresh;
    fresh.dial();
    world.after(
        PATIENCE,
        () -> {
          if (conversation == fresh) {
            fresh.abort();
            again();
          }
        });
  }

  private void again() {
    conversation = null;
    start();
  }

  @Override
  public void opened(Conversation opened) {
    if (trick == Trick.NOT_CONNECT_FIRST) {
      breakIt(opened);
    } else {
      opened.send(connect(opened.version()));
      // Behind a CONNECT the rest may follow at once.
      if (random.nextBoolean()) {
        breakIt(opened);
      }
    }
  }

  private void breakIt(Conversation current) {
    hasBroken = true;
    switch (trick) {
      case CONNECT_TWICE -> current.send(connect(current.version()));
      case TOO_MANY_AT_ONCE -> {
        for (int i = 1; i <= settings.receiveMaximum(); i++) {
          current.send(publish(newMessage(QoS.EXACTLY_ONCE, false), i));
        }
      }
      default -> current.sendBytes(ByteBuffer.wrap(trick.bytes()));
    }
    current.send(publish(newMessage(QoS.EXACTLY_ONCE, true), BEHIND));
    current.send(new PingReq());
  }

  /// What nobody wants needs no space: so it is not refused at once, and is on its way.
  private String topic() {
    int number = random.nextInt(4);
    return (trick == Trick.TOO_MANY_AT_ONCE ? "nobody/" : "t/") + number;
  }

  private Message newMessage(QoS qos, boolean forbidden) {
    Message message =
        ledger.newMessage(name, new Message.Draft(topic(), qos, false, -1, Bytes.EMPTY, 3));
    ledger.sent(message);
    if (forbidden) {
      ledger.forbid(message);
    }
    return message;
  }

  private static Publish publish(Message message, int packetId) {
    return new Publish(
        false,
        message.qos(),
        false,
        packetId,
        Bytes.utf8(message.topic()),
        0,
        -1,
        SubscriptionIdentifiers.NONE,
        Bytes.EMPTY,
        message.payload());
  }

  private Connect connect(ProtocolVersion version) {
    return new Connect(
        version,
        false,
        name,
        true,
        5,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        version.isV5() ? 0 : -1,
        65535,
        -1,
        0,
        false,
        true,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public void received(Conversation on, Packet packet, int bytes) {
    if (on != conversation) {
      return;
    }
    switch (packet) {
      case ConnAck answer -> {
        if (!hasBroken) {
          breakIt(on);
        }
      }
      case PingResp pong -> answered(packet);
      case PubRec received when received.packetId() == BEHIND -> answered(packet);
      default -> {}
    }
  }

  private void answered(Packet packet) {
    throw world.violation(
        "MQTT", name + " did " + trick + " and got afterwards an answer: " + packet);
  }

  @Override
  public void closed(Conversation closed) {
    if (closed == conversation) {
      if (hasBroken) {
        world.reached(Reached.PROTOCOL_BREAKER_CUT_OFF);
      }
      again();
    }
  }
}
