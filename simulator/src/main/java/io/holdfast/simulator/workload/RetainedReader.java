package io.holdfast.simulator.workload;

import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.simulator.checker.Ledger;
import io.holdfast.simulator.checker.PacketLaw;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Comes when everything is at rest, and looks at what is retained.
final class RetainedReader implements Conversation.Party {
  private static final String NAME = "reader";
  private static final List<String> PREFIXES = List.of("r/", "o/");

  private final World world;
  private final Ledger ledger;
  private final Set<Integer> received = new HashSet<>();
  private @Nullable PacketLaw law;
  private boolean subscribed;

  RetainedReader(World world, Ledger ledger) {
    this.world = world;
    this.ledger = ledger;
  }

  void start() {
    new Conversation(world, this, NAME, ProtocolVersion.V5).dial();
  }

  /// Whether everything came that has to be there.
  boolean hasRead() {
    return subscribed
        && PREFIXES.stream().allMatch(prefix -> ledger.retained().isAllIn(prefix, received));
  }

  void check() {
    PREFIXES.forEach(prefix -> ledger.retained().checkAll(prefix, NAME, received));
  }

  @Override
  public void opened(Conversation conversation) {
    Connect packet =
        new Connect(
            ProtocolVersion.V5,
            false,
            NAME,
            true,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0,
            65535,
            -1,
            0,
            false,
            true,
            List.of(),
            Optional.empty(),
            Optional.empty());
    PacketLaw fresh = new PacketLaw(ledger.client(NAME));
    law = fresh;
    fresh.connecting(packet, Optional.empty());
    conversation.send(packet);
  }

  @Override
  public void received(Conversation conversation, Packet packet, int bytes) {
    PacketLaw watched = law;
    if (watched == null) {
      return;
    }
    watched.received(packet, bytes);
    switch (packet) {
      case ConnAck answer -> say(conversation, watched, subscribe());
      case Publish publish -> {
        numberIn(publish).ifPresent(received::add);
        if (publish.qos() == QoS.AT_LEAST_ONCE) {
          say(conversation, watched, new PubAck(publish.packetId()));
        }
      }
      default -> subscribed = true;
    }
  }

  private static Subscribe subscribe() {
    return new Subscribe(
        1,
        0,
        List.of(),
        PREFIXES.stream()
            .map(prefix ->
                new Requested(prefix + "#", QoS.AT_LEAST_ONCE, false, false, RetainHandling.SEND))
            .toList());
  }

  private static Optional<Integer> numberIn(Publish publish) {
    ByteBuffer payload = publish.payload().asBuffer();
    int number = 0;
    int digits = 0;
    while (payload.hasRemaining()) {
      byte next = payload.get();
      if (next < '0' || next > '9') {
        break;
      }
      number = number * 10 + next - '0';
      digits++;
    }
    return digits == 0 ? Optional.empty() : Optional.of(number);
  }

  private static void say(Conversation conversation, PacketLaw law, Packet packet) {
    law.sent(packet);
    conversation.send(packet);
  }

  @Override
  public void closed(Conversation conversation) {
    PacketLaw over = law;
    law = null;
    if (over != null) {
      over.gone();
    }
    received.clear();
    subscribed = false;
    world.after(1_000_000_000, this::start);
  }
}
