package io.holdfast.simulator.workload;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.simulator.checker.ClientView;
import io.holdfast.simulator.checker.Ledger;
import io.holdfast.simulator.checker.Message;
import io.holdfast.simulator.checker.PacketLaw;
import io.holdfast.simulator.workload.Nature.Lasting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A client that keeps its half of the protocol to the letter, and publishes and consumes at
/// random. It breaks off, vanishes, is slow, takes itself over and loses its memory as it is drawn.
final class SimClient implements Conversation.Party {
  private static final long SECOND = 1_000_000_000;
  private static final long AWAY = 120 * SECOND;
  private static final long PATIENCE = 20 * SECOND;
  private static final int ASKED_MAX = 4;

  private final Nature nature;
  private final World world;
  private final RandomGenerator random;
  private final Ledger ledger;
  private final ClientView view;
  private final Drafts drafts;
  private final Greeting greeting;

  // Of the connection

  private @Nullable Conversation conversation;
  private @Nullable PacketLaw law;
  private boolean connected;
  private boolean connectedWhenHealed;
  private boolean slow;
  private long heard;
  private long said;
  private long keepAliveNanos;

  /// For longer than a will waits after a restart.
  private long awayUntil;

  private final ArrayDeque<Packet> unanswered = new ArrayDeque<>();
  private final Map<Integer, Packet> asked = new HashMap<>();

  /// Connections that the client has no part in any more, and did not end.
  private final List<Conversation> left = new ArrayList<>();

  // What it remembers

  private final Outbox outbox;
  private final List<String> filters = new ArrayList<>();

  private boolean wasClean;
  private boolean healed;

  /// Whether the broker was asked something since nothing goes wrong any more: a connection may be
  /// one to a broker that died, which nobody has told this client.
  private boolean askedWhenHealed;

  /// Whether it still has to disconnect in order, so that its will is not published: on a
  /// connection that began when nothing could go wrong any more.
  private boolean saysGoodbye;

  private boolean mustComeBack;

  SimClient(Nature nature, World world, BrokerSettings settings, Ledger ledger) {
    this.nature = nature;
    this.world = world;
    this.random = world.random();
    this.ledger = ledger;
    this.view = ledger.client(nature.name());
    this.drafts = new Drafts(nature, settings, random);
    this.greeting = new Greeting(nature, random);
    this.outbox = new Outbox(world, ledger, nature.isV5());
  }

  void start() {
    world.after(random.nextLong(nature.granularity()), this::act);
  }

  /// From now on it only brings to an end what is under way.
  void heal() {
    healed = true;
    saysGoodbye = nature.hasWill();
    left.forEach(Conversation::abort);
    left.clear();
    read();
  }

  /// The broker is about to die once more: all is well again when there is a connection after that.
  void rest() {
    mustComeBack = true;
  }

  boolean isSettled() {
    PacketLaw current = law;
    return connected
        && askedWhenHealed
        && !slow
        && !saysGoodbye
        && !mustComeBack
        && outbox.isEmpty()
        && unanswered.isEmpty()
        && current != null
        && !current.awaitsAnswers();
  }

  void checkAtTheEnd() {
    if (!isSettled()) {
      throw world.violation(
          "P1",
          "%s never gets to rest: connected %s, unfinished %s, unanswered %s, asked %s"
              .formatted(nature.name(), connected, outbox, unanswered, asked));
    }
  }

  // What it does

  private void act() {
    Conversation current = conversation;
    if (current == null) {
      if (world.nowNanos() >= awayUntil) {
        dial();
      }
    } else if (!connected) {
      giveUpIfSilent(current);
    } else if (!slow) {
      keepAlive(current);
      if (healed) {
        settle(current);
      } else {
        for (int acts = 1 + random.nextInt(4); acts > 0 && conversation == current; acts--) {
          actOnce(current);
        }
      }
    }
    world.after(pause(), this::act);
  }

  private long pause() {
    if (conversation == null) {
      return SECOND / 10 + random.nextLong(SECOND / 2);
    }
    if (healed) {
      return isSettled() ? SECOND : SECOND / 50;
    }
    return 1 + random.nextLong(nature.granularity());
  }

  private void actOnce(Conversation current) {
    if (random.nextInt(1000) < nature.wildness()) {
      actWildly(current);
    } else if (random.nextInt(100) < nature.publishes()) {
      Message.Draft draft = drafts.message();
      publish(current, draft);
      if (draft.topic().startsWith("r/") && random.nextInt(3) == 0) {
        world.reached(Reached.SUBSCRIBED_AT_ONCE);
        subscribe(current, List.of(drafts.subscriptionTo(draft.topic())));
      }
    } else {
      switch (random.nextInt(20)) {
        case 0 -> subscribe(current);
        case 1 -> unsubscribe(current);
        case 2 -> publish(current, drafts.own());
        case 3 -> repeat(current);
        default -> answer(current);
      }
    }
  }

  private void actWildly(Conversation current) {
    switch (random.nextInt(8)) {
      case 0 -> disconnect(current);
      case 1 -> {
        current.abort();
        isGone();
      }
      case 2 -> {
        current.reads(false);
        left.add(current);
        isGone();
      }
      case 3 -> {
        world.reached(Reached.TAKEOVER);
        left.add(current);
        isGone();
        dial();
      }
      case 4 -> {
        if (nature.forgets()) {
          current.abort();
          isGone();
          world.reached(Reached.MEMORY_LOST);
          outbox.forget();
          filters.clear();
        }
      }
      case 5 -> beSlow(current);
      default -> {
        current.close();
        isGone();
      }
    }
  }

  private void beSlow(Conversation current) {
    slow = true;
    world.reached(Reached.SLOW_READER);
    current.reads(false);
    world.after(
        SECOND / 10 + random.nextLong(5 * SECOND),
        () -> {
          if (conversation == current) {
            read();
          }
        });
  }

  private void read() {
    Conversation current = conversation;
    if (slow && current != null) {
      slow = false;
      heard = world.nowNanos();
      current.reads(true);
    }
  }

  /// What brings everything to an end that is under way.
  private void settle(Conversation current) {
    if (!askedWhenHealed) {
      askedWhenHealed = true;
      say(new PingReq());
    }
    while (!unanswered.isEmpty()) {
      answer(current);
    }
    outbox.resend(this::say);
    if (saysGoodbye && outbox.isEmpty()) {
      saysGoodbye = !connectedWhenHealed;
      disconnect(current);
    }
  }

  private void keepAlive(Conversation current) {
    long now = world.nowNanos();
    PacketLaw watched = law;
    boolean waits = watched != null && watched.awaitsAnswers();
    if (waits) {
      giveUpIfSilent(current);
    } else if (now - said > Math.min(keepAliveNanos / 2, PATIENCE)) {
      say(new PingReq());
    }
  }

  /// Somebody who waits for an answer and hears nothing at all tries a new connection.
  private void giveUpIfSilent(Conversation current) {
    long now = world.nowNanos();
    if (now - Math.max(heard, said) > (healed ? PATIENCE : nature.patience())) {
      world.reached(Reached.CONNECTION_GIVEN_UP);
      current.abort();
      isGone();
    }
  }

  private void isGone() {
    conversation = null;
    if (!healed && random.nextInt(30) == 0) {
      world.reached(Reached.STAYED_AWAY);
      awayUntil = world.nowNanos() + random.nextLong(AWAY);
    }
    leaves();
  }

  private void leaves() {
    connected = false;
    slow = false;
    unanswered.clear();
    asked.clear();
    PacketLaw over = law;
    law = null;
    if (over != null) {
      over.gone();
    }
  }

  // Connecting

  private void dial() {
    Conversation fresh = new Conversation(world, this, nature.name(), nature.version());
    conversation = fresh;
    said = world.nowNanos();
    heard = said;
    fresh.dial();
  }

  @Override
  public void opened(Conversation opened) {
    if (opened != conversation) {
      return;
    }
    boolean clean = view.mustStartClean() || greeting.startsClean(wasClean, healed);
    // A clean session of 3.x has ended with its connection, and 3.1 would not say so. A session
    // that
    // is present later may be one that a CONNECT without an answer made.
    if (clean || (wasClean && !nature.isV5()) || view.sessionHasEnded()) {
      outbox.discard();
      filters.clear();
    }
    wasClean = clean;
    Optional<Message> will =
        nature.hasWill()
            ? Optional.of(ledger.newWill(nature.name(), drafts.will()))
            : Optional.empty();
    Connect packet = greeting.connect(clean, will, healed);
    PacketLaw fresh = new PacketLaw(view);
    law = fresh;
    fresh.connecting(packet, will);
    said = world.nowNanos();
    opened.send(packet);
  }

  private void connected(Conversation current, ConnAck answer) {
    if (answer.reasonCode() != ReasonCode.SUCCESS) {
      current.close();
      isGone();
      return;
    }
    connected = true;
    connectedWhenHealed = healed;
    mustComeBack = false;
    if (!answer.sessionPresent() && nature.version() != ProtocolVersion.V3_1) {
      outbox.discard();
      filters.clear();
    }
    int keepAlive = nature.keepAliveSeconds();
    int receiveMaximum = 65535;
    int topicAliasMaximum = 0;
    for (ConnAck.Property property : answer.properties()) {
      switch (property) {
        case ConnAck.Property.ServerKeepAlive given -> keepAlive = given.seconds();
        case ConnAck.Property.ReceiveMaximum maximum -> receiveMaximum = maximum.value();
        case ConnAck.Property.TopicAliasMaximum maximum -> topicAliasMaximum = maximum.value();
        default -> {}
      }
    }
    keepAliveNanos = keepAlive == 0 ? Long.MAX_VALUE : keepAlive * SECOND;
    outbox.connected(receiveMaximum, topicAliasMaximum);
    outbox.resend(this::say);
    if (nature.isV5() && random.nextBoolean()) {
      releaseAgain();
    }
    if (filters.isEmpty()) {
      subscribe(current);
    }
  }

  private void disconnect(Conversation current) {
    boolean wantsWill = nature.isV5() && !healed && random.nextInt(3) == 0;
    long expiry =
        nature.lasting() == Lasting.PASSING && !healed && random.nextBoolean()
            ? random.nextInt(3)
            : -1;
    say(
        new Disconnect(
            wantsWill ? ReasonCode.DISCONNECT_WITH_WILL : ReasonCode.SUCCESS,
            expiry,
            Optional.empty(),
            List.of(),
            Optional.empty()));
    if (nature.hasWill() && !wantsWill) {
      world.reached(Reached.WILL_TAKEN_BACK);
    }
    if (healed) {
      // Only when the broker has closed the connection it surely knows.
      leaves();
    } else {
      current.close();
      isGone();
    }
  }

  // Publishing and subscribing

  private void publish(Conversation current, Message.Draft draft) {
    if (outbox.takesMore() && conversation == current) {
      outbox.publish(ledger.newMessage(nature.name(), draft), asked::containsKey, this::say);
    }
  }

  private void repeat(Conversation current) {
    if (!nature.isV5() && conversation == current) {
      outbox.repeat(this::say);
    }
  }

  /// Releases a packet identifier once more that is free, as a client does that died before it
  /// wrote down that its PUBCOMP had come. The answer tells whether the broker still knows.
  private void releaseAgain() {
    int packetId = outbox.freedPacketId(asked::containsKey);
    if (packetId != 0) {
      world.reached(Reached.RELEASED_AGAIN);
      PubRel again = new PubRel(packetId);
      asked.put(packetId, again);
      say(again);
    }
  }

  private void completed(PubComp completed) {
    boolean wasFree = asked.remove(completed.packetId()) != null;
    if (!wasFree) {
      outbox.finished(completed.packetId(), ReasonCode.SUCCESS);
      outbox.resend(this::say);
    } else if (completed.reasonCode() == ReasonCode.SUCCESS) {
      throw world.violation(
          "P4",
          "%s had got PUBCOMP for packet id %d, and now that was open"
              .formatted(nature.name(), completed.packetId()));
    }
  }

  private void subscribe(Conversation current) {
    int count = random.nextInt(3) == 0 ? 2 : 1;
    subscribe(current, Stream.generate(drafts::subscription).limit(count).toList());
  }

  private void subscribe(Conversation current, List<Requested> wanted) {
    if (conversation != current || asked.size() >= ASKED_MAX) {
      return;
    }
    List<Requested> requested = new ArrayList<>(wanted.size());
    for (Requested next : wanted) {
      boolean isValid = !next.filter().startsWith("no/");
      boolean isKnown = requested.stream().anyMatch(one -> one.filter().equals(next.filter()));
      // At 3.1 there is no way to refuse a subscription but to cut off the client.
      if (!isKnown && (isValid || nature.version() != ProtocolVersion.V3_1)) {
        requested.add(next);
        if (isValid) {
          filters.remove(next.filter());
          filters.add(next.filter());
        }
      }
    }
    if (requested.isEmpty()) {
      return;
    }
    int identifier = nature.isV5() && random.nextBoolean() ? 1 + random.nextInt(5) : 0;
    ask(new Subscribe(freePacketId(), identifier, List.of(), requested));
  }

  private void unsubscribe(Conversation current) {
    if (conversation != current || asked.size() >= ASKED_MAX) {
      return;
    }
    String filter =
        filters.isEmpty() ? "not/known" : filters.remove(random.nextInt(filters.size()));
    ask(new Unsubscribe(freePacketId(), List.of(), List.of(filter)));
  }

  private int freePacketId() {
    return outbox.freePacketId(asked::containsKey);
  }

  private void ask(Packet packet) {
    switch (packet) {
      case Subscribe subscribe -> asked.put(subscribe.packetId(), packet);
      case Unsubscribe unsubscribe -> asked.put(unsubscribe.packetId(), packet);
      default -> {}
    }
    say(packet);
  }

  /// Acknowledges something that it got, mostly in the order of receipt.
  private void answer(Conversation current) {
    Packet next = unanswered.pollFirst();
    if (next == null || conversation != current) {
      return;
    }
    if (!healed && nature.isV5() && random.nextInt(40) == 0) {
      next =
          switch (next) {
            case PubAck ack -> new PubAck(ack.packetId(), ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
            case PubRec received ->
                new PubRec(received.packetId(), ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
            default -> next;
          };
    }
    say(next);
  }

  private void say(Packet packet) {
    Conversation current = conversation;
    PacketLaw watched = law;
    if (current != null && watched != null) {
      said = world.nowNanos();
      watched.sent(packet);
      current.send(packet);
    }
  }

  // What it gets

  @Override
  public void received(Conversation on, Packet packet, int bytes) {
    PacketLaw watched = law;
    if (on != conversation || watched == null) {
      return;
    }
    heard = world.nowNanos();
    watched.received(packet, bytes);
    switch (packet) {
      case ConnAck answer -> connected(on, answer);
      case Publish publish -> {
        switch (publish.qos()) {
          case AT_MOST_ONCE -> {}
          case AT_LEAST_ONCE -> unanswered.addLast(new PubAck(publish.packetId()));
          case EXACTLY_ONCE -> unanswered.addLast(new PubRec(publish.packetId()));
        }
      }
      case PubRel release -> unanswered.addLast(new PubComp(release.packetId()));
      case PubAck ack -> {
        outbox.finished(ack.packetId(), ack.reasonCode());
        outbox.resend(this::say);
      }
      case PubRec received -> {
        if (outbox.received(received.packetId(), received.reasonCode())) {
          say(new PubRel(received.packetId()));
        }
      }
      case PubComp completed -> completed(completed);
      case SubAck ack -> asked.remove(ack.packetId());
      case UnsubAck ack -> asked.remove(ack.packetId());
      default -> {}
    }
  }

  @Override
  public void closed(Conversation closed) {
    if (closed == conversation) {
      isGone();
    } else if (left.remove(closed)) {
      world.reached(Reached.HALF_OPEN_CUT_OFF);
    }
  }
}
