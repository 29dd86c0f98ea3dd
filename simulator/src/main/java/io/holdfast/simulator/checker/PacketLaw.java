package io.holdfast.simulator.checker;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Auth;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.simulator.checker.SessionView.Held;
import io.holdfast.simulator.checker.WillCheck.Parting;
import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One connection of a client, and the law of packets on it: no answer without a question, packet
/// identifiers, the receive maximum, the largest packet, what follows what.
///
/// The client tells it of every packet that it sends and gets; it tells the ledger what that means.
public final class PacketLaw {
  private static final String LAW = "MQTT";

  private final ClientView client;
  private final Ledger ledger;
  private final World world;
  private final Map<Integer, Question> questions = new HashMap<>();
  private final Map<Integer, Incoming> incoming = new HashMap<>();
  private final Map<Integer, String> aliases = new HashMap<>();
  private final Set<Integer> repeated = new HashSet<>();
  private final ArrayDeque<Long> pings = new ArrayDeque<>();
  private final Forgettable forgettable = new Forgettable();
  private @Nullable Connect connect;
  private @Nullable SessionView session;
  private boolean resumed;
  private boolean sawPublish;
  private boolean sawNew;
  private boolean isOver;
  private int unacknowledged;
  private Parting parting = Parting.LOST;
  private long newExpirySeconds = -1;

  public PacketLaw(ClientView client) {
    this.client = client;
    this.ledger = client.ledger();
    this.world = ledger.world();
  }

  /// A packet that is to be answered.
  private record Question(Packet packet, long tick, long millis, boolean[] surelyThere) {}

  /// How far a PUBLISH of the broker's has come.
  private enum Incoming {
    PUBLISHED,
    RECEIVED,
    RELEASED
  }

  private static final boolean[] NONE = new boolean[0];

  // What the client sends

  /// CONNECT is sent.
  ///
  /// @param will the message that is given with it as a will
  public void connecting(Connect packet, Optional<Message> will) {
    connect = packet;
    client.connecting(packet, will);
  }

  /// Anything but CONNECT is sent.
  public void sent(Packet packet) {
    long tick = ledger.tick();
    switch (packet) {
      case Publish again when isRepeated(again) -> repeated.add(again.packetId());
      case Publish publish when publish.qos() != QoS.AT_MOST_ONCE -> {
        ask(publish.packetId(), publish, tick, NONE);
        if (publish.retain()) {
          forgettable.recorded(publish.packetId());
        }
      }
      case PubRel release -> ask(release.packetId(), release, tick, NONE);
      case Subscribe subscribe -> {
        client.subscribing(subscribe, tick);
        ask(subscribe.packetId(), subscribe, tick, NONE);
      }
      case Unsubscribe unsubscribe ->
          ask(unsubscribe.packetId(), unsubscribe, tick, client.unsubscribing(unsubscribe, tick));
      case PingReq ping -> pings.addLast(world.latestMillis());
      case PubAck ack -> {
        client.acknowledgements++;
        acknowledged(ack.packetId());
        forgettable.acknowledged(ack.packetId());
        if (ack.reasonCode().isFailure()) {
          refusing(ack.packetId());
        }
      }
      case PubRec received when received.reasonCode().isFailure() -> {
        client.acknowledgements++;
        acknowledged(received.packetId());
        refusing(received.packetId());
      }
      case PubRec received -> incoming.put(received.packetId(), Incoming.RECEIVED);
      case PubComp completed -> {
        client.acknowledgements++;
        acknowledged(completed.packetId());
      }
      case Disconnect disconnect -> {
        parting =
            disconnect.reasonCode() == ReasonCode.SUCCESS ? Parting.GOODBYE : Parting.WITH_WILL;
        newExpirySeconds = disconnect.sessionExpirySeconds();
      }
      default -> {}
    }
  }

  /// Whether it was sent on this connection before, and is not answered yet.
  private boolean isRepeated(Publish publish) {
    Question before = questions.get(publish.packetId());
    return publish.qos() == QoS.EXACTLY_ONCE
        && before != null
        && before.packet() instanceof Publish;
  }

  private void ask(int packetId, Packet packet, long tick, boolean[] surelyThere) {
    questions.put(packetId, new Question(packet, tick, world.latestMillis(), surelyThere));
  }

  private void acknowledged(int packetId) {
    if (incoming.remove(packetId) != null) {
      unacknowledged--;
    }
  }

  /// The client cannot handle what it got, and says so. Should the broker forget that by dying, the
  /// message comes again, and at QoS 2 as a new one.
  private void refusing(int packetId) {
    client.refusals++;
    SessionView in = session;
    if (in != null) {
      world.reached(Reached.REFUSED_BY_CONSUMER);
      Held open = in.open.remove(packetId);
      if (open != null) {
        in.refused(packetId, open);
      }
      Held held = open == null ? in.last.get(packetId) : open;
      if (held != null && held.message().isShared()) {
        held.message().refusedByMember = true;
      }
    }
  }

  /// The client has no part in the connection any more.
  public void gone() {
    if (!isOver) {
      isOver = true;
      client.gone(parting, newExpirySeconds);
    }
  }

  // What the client gets

  /// A packet of `bytes` bytes came.
  public void received(Packet packet, int bytes) {
    Connect asked = connect;
    if (asked == null) {
      throw broken("got, before its CONNECT, " + packet);
    }
    if (isOver) {
      throw broken("got, after DISCONNECT, " + packet);
    }
    if (asked.maximumPacketSize() >= 0 && bytes > asked.maximumPacketSize()) {
      throw broken("takes " + asked.maximumPacketSize() + " bytes and got " + bytes);
    }
    if ((session == null) != (packet instanceof ConnAck)) {
      throw broken("got before CONNACK, or after it again, " + packet);
    }
    switch (packet) {
      case ConnAck answer -> connected(asked, answer);
      case Publish publish -> published(asked, publish);
      case PubAck ack -> answered(ack.packetId(), Publish.class, QoS.AT_LEAST_ONCE, packet);
      case PubRec again when isSecond(again) -> repeated.remove(again.packetId());
      case PubRec received ->
          answered(received.packetId(), Publish.class, QoS.EXACTLY_ONCE, packet);
      case PubRel release -> released(release);
      case PubComp completed ->
          answered(completed.packetId(), PubRel.class, QoS.EXACTLY_ONCE, packet);
      case SubAck ack -> {
        Question question = answered(ack.packetId(), Subscribe.class, QoS.AT_LEAST_ONCE, packet);
        client.subscribed((Subscribe) question.packet(), question.tick(), ack);
      }
      case UnsubAck ack -> {
        Question question = answered(ack.packetId(), Unsubscribe.class, QoS.AT_LEAST_ONCE, packet);
        client.unsubscribed(
            (Unsubscribe) question.packet(), question.tick(), question.surelyThere(), ack);
      }
      case PingResp pong -> {
        if (pings.isEmpty()) {
          throw broken("got PINGRESP and did not ask");
        }
        client.alive(pings.removeFirst());
      }
      case Disconnect disconnect -> disconnected(asked, disconnect);
      case Connect wrong -> throw broken("got " + wrong);
      case Subscribe wrong -> throw broken("got " + wrong);
      case Unsubscribe wrong -> throw broken("got " + wrong);
      case PingReq wrong -> throw broken("got " + wrong);
      case Auth wrong -> throw broken("got " + wrong);
    }
  }

  private void connected(Connect asked, ConnAck answer) {
    if (answer.reasonCode() != ReasonCode.SUCCESS) {
      refused(asked, answer);
      return;
    }
    session = client.connected(answer);
    resumed = asked.version() == ProtocolVersion.V3_1 || answer.sessionPresent();
  }

  /// Nobody is refused but where there is no space for a session that is to last.
  private void refused(Connect asked, ConnAck answer) {
    World world = client.ledger().world();
    ReasonCode expected =
        asked.version() == ProtocolVersion.V5
            ? ReasonCode.QUOTA_EXCEEDED
            : ReasonCode.SERVER_UNAVAILABLE;
    if (answer.reasonCode() != expected || !world.mayLackSpace()) {
      throw broken("is not let in: " + answer);
    }
    client.refused();
    world.reached(Reached.SESSION_REFUSED_FOR_SPACE);
  }

  /// Whether it answers what was repeated, and the first answer came already.
  private boolean isSecond(PubRec received) {
    Question question = questions.get(received.packetId());
    return repeated.contains(received.packetId())
        && (question == null || question.packet() instanceof PubRel);
  }

  private Question answered(int packetId, Class<? extends Packet> to, QoS qos, Packet answer) {
    Question question = questions.get(packetId);
    if (question == null
        || !to.isInstance(question.packet())
        || (question.packet() instanceof Publish publish && publish.qos() != qos)) {
      throw broken("got " + answer + ", which answers nothing");
    }
    questions.remove(packetId);
    inOrder(question, answer);
    client.alive(question.millis());
    SessionView in = session;
    if (in != null) {
      if (isFailure(answer)) {
        forgettable.refused(packetId);
      } else {
        forgettable.answered(packetId).forEach(in.last::remove);
      }
    }
    return question;
  }

  private static boolean isFailure(Packet answer) {
    return switch (answer) {
      case PubAck ack -> ack.reasonCode().isFailure();
      case PubRec received -> received.reasonCode().isFailure();
      default -> false;
    };
  }

  /// What is sent of one kind is answered in its order [MQTT-4.6.0-2], [MQTT-4.6.0-3].
  private void inOrder(Question answered, Packet answer) {
    for (Question other : questions.values()) {
      if (other.tick() < answered.tick() && isOrdered(other.packet(), answered.packet())) {
        throw broken("got " + answer + " before the answer to " + other.packet());
      }
    }
  }

  private static boolean isOrdered(Packet before, Packet after) {
    return switch (before) {
      case Publish first -> after instanceof Publish second && first.qos() == second.qos();
      case PubRel first -> after instanceof PubRel;
      default -> false;
    };
  }

  private void published(Connect asked, Publish publish) {
    SessionView in = session;
    if (in == null) {
      return;
    }
    if (publish.dup() && (!resumed || publish.qos() == QoS.AT_MOST_ONCE)) {
      throw broken("got with DUP what can have been sent only once: " + publish);
    }
    String topic = topic(asked, publish);
    if (publish.qos() != QoS.AT_MOST_ONCE) {
      window(asked, publish);
    }
    ledger.arrived(client, in, asked.version(), topic, publish);
    sawPublish = true;
  }

  private void window(Connect asked, Publish publish) {
    forgettable.reused(publish.packetId());
    if (incoming.put(publish.packetId(), Incoming.PUBLISHED) != null) {
      throw broken("got under a packet id that is in use " + publish);
    }
    unacknowledged++;
    int maximum = Math.min(asked.receiveMaximum(), ledger.settings().receiveMaximum());
    if (unacknowledged > maximum) {
      throw broken(
          "takes %d messages at once and got %d, with %s"
              .formatted(maximum, unacknowledged, publish));
    }
    if (unacknowledged == maximum) {
      world.reached(Reached.RECEIVE_MAXIMUM_MET);
    }
    if (publish.dup() && sawNew) {
      throw broken("got, after new messages, what comes again: " + publish);
    }
    sawNew |= !publish.dup();
  }

  private String topic(Connect asked, Publish publish) {
    int alias = publish.topicAlias();
    Bytes topic = publish.topic();
    if (alias == 0 && !topic.isEmpty()) {
      return topic.toUtf8();
    }
    if (alias == 0 || alias > asked.topicAliasMaximum()) {
      throw broken("got with a topic alias that it does not take " + publish);
    }
    if (!topic.isEmpty()) {
      String name = topic.toUtf8();
      aliases.put(alias, name);
      return name;
    }
    world.reached(Reached.ALIAS_FROM_BROKER);
    String known = aliases.get(alias);
    if (known == null) {
      throw broken("got with a topic alias that was never told " + publish);
    }
    return known;
  }

  private void released(PubRel release) {
    SessionView in = session;
    int packetId = release.packetId();
    Incoming stage = incoming.put(packetId, Incoming.RELEASED);
    if (stage == null) {
      if (!resumed || sawPublish) {
        throw broken("got, where nothing is to be released, " + release);
      }
      unacknowledged++;
      world.reached(Reached.RESUMED_QOS_2_RELEASE);
    } else if (stage != Incoming.RECEIVED) {
      throw broken("got, for a message that it has not received or that is released, " + release);
    }
    if (in != null) {
      in.open.remove(packetId);
    }
  }

  private void disconnected(Connect asked, Disconnect disconnect) {
    if (!asked.version().isV5()) {
      throw broken("got DISCONNECT, which there is at 5.0 only");
    }
    boolean isFair =
        switch (disconnect.reasonCode()) {
          case SESSION_TAKEN_OVER, SERVER_SHUTTING_DOWN -> true;
          case KEEP_ALIVE_TIMEOUT -> true;
          default -> false;
        };
    if (!isFair) {
      throw broken("keeps the protocol and is cut off: " + disconnect);
    }
    isOver = true;
    client.gone(Parting.LOST, -1);
  }

  /// Whether questions of this connection are still open.
  public boolean awaitsAnswers() {
    return !questions.isEmpty() || !pings.isEmpty() || session == null;
  }

  private AssertionError broken(String what) {
    return world.violation(LAW, client.clientId() + " " + what);
  }
}
