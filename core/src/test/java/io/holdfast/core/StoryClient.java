package io.holdfast.core;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
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
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.Will;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A client that keeps its half of the protocol to the letter, and publishes and consumes at
/// random. A durable one keeps its half of the session whatever happens.
final class StoryClient {
  private static final long FOR_EVER = 0xFFFF_FFFFL;
  private static final List<String> FILTERS = List.of("t/0", "t/1", "t/+", "t/#", "r/#");
  private static final String SHARED = "$share/g/s/#";

  private final String name;
  private final boolean durable;
  private final boolean passing;
  private final ProtocolVersion version;
  private final int brokersReceiveMaximum;
  private final QoS subscribesWith;
  private final QoS retainsWith;
  private final StoryLedger ledger;
  private final RandomGenerator random;

  // Of the connection

  private @Nullable Link link;
  private boolean connected;
  private boolean takingOver;
  private final ArrayDeque<Packet> inbox = new ArrayDeque<>();
  private final List<Packet> unanswered = new ArrayList<>();
  private final ArrayDeque<Integer> toResend = new ArrayDeque<>();
  private final Set<Integer> window = new HashSet<>();
  private final Map<Integer, Bytes> aliases = new HashMap<>();
  private int receiveMaximum = 65535;
  private int quota;

  // Of the session

  private final LinkedHashMap<Integer, Outgoing> outgoing = new LinkedHashMap<>();
  private final Set<Integer> open = new HashSet<>();
  private final Map<String, Interest> interests = new TreeMap<>();
  private final List<Interest> pastInterests = new ArrayList<>();
  private final Map<Integer, Packet> asked = new HashMap<>();
  private final Map<String, String> retained = new TreeMap<>();
  private long subscribedAt = Long.MAX_VALUE;
  private boolean sessionExpected;
  private int nextPacketId;
  private int sessions;

  /// A message on its way to the broker.
  private static final class Outgoing {
    private final StoryMessage message;
    private boolean released;

    Outgoing(StoryMessage message) {
      this.message = message;
    }
  }

  /// A subscription that was granted at `from`, and not given up before `until`.
  private static final class Interest {
    private final String filter;
    private final long from;
    private long until = Long.MAX_VALUE;

    Interest(String filter, long from) {
      this.filter = filter;
      this.from = from;
    }

    boolean covers(StoryMessage message) {
      String levels = filter.startsWith(SHARED) ? "s/#" : filter;
      return io.holdfast.protocol.topic.TopicFilter.parse(levels)
              .orElseThrow()
              .matches(message.topic)
          && message.firstSent > from
          && message.lastSent < until;
    }
  }

  /// How long the session of a client lasts.
  enum Kind {
    FOR_EVER,
    /// Some seconds without a connection, or until a clean start.
    PASSING,
    /// As long as the connection.
    TRANSIENT
  }

  StoryClient(
      String name,
      Kind kind,
      int brokersReceiveMaximum,
      StoryLedger ledger,
      RandomGenerator random) {
    this.name = name;
    this.durable = kind == Kind.FOR_EVER;
    this.passing = kind == Kind.PASSING;
    this.brokersReceiveMaximum = brokersReceiveMaximum;
    this.ledger = ledger;
    this.random = random;
    this.version =
        passing
            ? ProtocolVersion.V5
            : List.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1, ProtocolVersion.V5)
                .get(random.nextInt(3));
    this.subscribesWith = QoS.of(random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(2));
    this.retainsWith = QoS.of(1 + random.nextInt(2));
  }

  String name() {
    return name;
  }

  /// The client, and which session of it where that makes a difference.
  String receiver() {
    return durable ? name : name + "/" + sessions;
  }

  /// Whether it was promised this message, which was accepted.
  boolean mustHave(StoryMessage message) {
    return durable
        && subscribesWith != QoS.AT_MOST_ONCE
        && !message.topic.startsWith("s/")
        && hasInterest(message);
  }

  /// Whether the group was promised it on its behalf. Where it left, the group may have ended.
  boolean mustShare(StoryMessage message) {
    return durable
        && message.topic.startsWith("s/")
        && interests.values().stream().anyMatch(interest -> interest.covers(message));
  }

  private boolean hasInterest(StoryMessage message) {
    return interests.values().stream().anyMatch(interest -> interest.covers(message))
        || pastInterests.stream().anyMatch(interest -> interest.covers(message));
  }

  Map<String, String> retained() {
    return retained;
  }

  // What it does

  /// Some of them in a row, so that a story gets on between two syncs.
  void act(Story story) {
    for (int acts = 1 + random.nextInt(8); acts > 0; acts--) {
      actOnce(story);
    }
  }

  private void actOnce(Story story) {
    Link current = link;
    if (current == null) {
      if (random.nextInt(3) == 0) {
        connect(story);
      }
      return;
    }
    switch (random.nextInt(100)) {
      case 0 -> {
        connectionIsGone();
        story.lose(current);
      }
      case 1 -> {
        if (connected) {
          story.send(current, new Disconnect(ReasonCode.SUCCESS));
        }
      }
      case 2 -> connect(story);
      case 3 -> story.writable(current, random.nextBoolean());
      case 4, 5 -> subscribe(story);
      case 6 -> unsubscribe(story);
      case 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 -> publish(story);
      default -> {
        if (random.nextBoolean()) {
          read(story, 1 + random.nextInt(3));
        } else {
          answer(story);
        }
      }
    }
  }

  /// What brings everything to an end that is under way. False where nothing was.
  boolean settle(Story story) {
    Link current = link;
    if (current == null) {
      connect(story);
      return true;
    }
    if (!current.isWritable()) {
      story.writable(current, true);
    }
    boolean any = !inbox.isEmpty() || !unanswered.isEmpty() || !toResend.isEmpty();
    read(story, inbox.size());
    while (link != null && !unanswered.isEmpty()) {
      answer(story);
    }
    resend(story);
    return any || !outgoing.isEmpty() || !connected;
  }

  void subscribeToRetained(Story story) {
    subscribe(story, "r/#");
  }

  private void connect(Story story) {
    Link old = link;
    takingOver = old != null;
    Link fresh = story.connect(this);
    takingOver = false;
    connectionIsGone();
    link = fresh;
    boolean clean = !durable && !(passing && random.nextInt(3) > 0);
    if (clean) {
      forgetSession();
    }
    long expiry = durable ? FOR_EVER : passing ? 1 + random.nextInt(3) : 0;
    receiveMaximum = version.isV5() ? 1 + random.nextInt(5) : 65535;
    quota = version.isV5() ? brokersReceiveMaximum : 65535;
    Optional<Will> will =
        random.nextInt(4) == 0
            ? Optional.of(
                new Will(
                    Bytes.utf8("w/" + name),
                    Bytes.EMPTY,
                    QoS.of(random.nextInt(3)),
                    false,
                    version.isV5() ? random.nextInt(3) : 0,
                    -1,
                    Bytes.EMPTY))
            : Optional.empty();
    takingOver = old != null;
    story.send(
        fresh,
        new Connect(
            version,
            false,
            name,
            clean,
            0,
            will,
            Optional.empty(),
            Optional.empty(),
            version.isV5() ? expiry : -1,
            receiveMaximum,
            -1,
            version.isV5() ? random.nextInt(3) : 0,
            false,
            true,
            List.of(),
            Optional.empty(),
            Optional.empty()));
    takingOver = false;
  }

  private void forgetSession() {
    sessions++;
    outgoing.clear();
    open.clear();
    interests.clear();
    pastInterests.clear();
  }

  void connectionIsGone() {
    link = null;
    connected = false;
    inbox.clear();
    unanswered.clear();
    toResend.clear();
    window.clear();
    aliases.clear();
    asked.clear();
  }

  /// The broker closed a connection: only where a newer one took its place, or it was asked to.
  void closedBy(Link closed) {
    if (closed == link) {
      connectionIsGone();
    }
  }

  private void subscribe(Story story) {
    if (random.nextInt(3) == 0) {
      if (!durable) {
        ledger.groupHasTransientMembers();
      }
      subscribe(story, SHARED);
    } else {
      subscribe(story, FILTERS.get(random.nextInt(FILTERS.size())));
    }
  }

  private void subscribe(Story story, String filter) {
    Link current = link;
    if (current == null || !connected) {
      return;
    }
    int packetId = freePacketId();
    QoS qos = filter.equals(SHARED) ? QoS.EXACTLY_ONCE : subscribesWith;
    RetainHandling handling =
        version.isV5() && random.nextBoolean() ? RetainHandling.SEND_IF_NEW : RetainHandling.SEND;
    Subscribe subscribe =
        new Subscribe(
            packetId, 0, List.of(), List.of(new Requested(filter, qos, false, false, handling)));
    asked.put(packetId, subscribe);
    subscribedAt = Long.MAX_VALUE;
    story.send(current, subscribe);
  }

  private void unsubscribe(Story story) {
    Link current = link;
    if (current == null || !connected || interests.isEmpty()) {
      return;
    }
    String filter = interests.keySet().iterator().next();
    Interest given = interests.remove(filter);
    if (given != null) {
      given.until = ledger.tick();
      pastInterests.add(given);
    }
    // A SUBACK that is still to come is about what was before.
    asked
        .values()
        .removeIf(question ->
            question instanceof Subscribe earlier
                && earlier.filters().getFirst().filter().equals(filter));
    int packetId = freePacketId();
    Unsubscribe unsubscribe = new Unsubscribe(packetId, List.of(), List.of(filter));
    asked.put(packetId, unsubscribe);
    story.send(current, unsubscribe);
  }

  private int freePacketId() {
    do {
      nextPacketId = nextPacketId % 50 + 1;
    } while (outgoing.containsKey(nextPacketId) || asked.containsKey(nextPacketId));
    return nextPacketId;
  }

  private void publish(Story story) {
    Link current = link;
    if (current == null || !connected || !toResend.isEmpty() || outgoing.size() > 20) {
      return;
    }
    String topic =
        switch (random.nextInt(4)) {
          case 0, 1 -> "t/" + random.nextInt(3);
          case 2 -> "s/" + random.nextInt(2);
          default -> "r/" + name;
        };
    boolean mayRetain = topic.startsWith("r/");
    boolean retain = mayRetain && random.nextInt(3) > 0;
    QoS qos = mayRetain ? retainsWith : QoS.of(random.nextInt(3));
    if (qos != QoS.AT_MOST_ONCE && quota == 0) {
      return;
    }
    StoryMessage message = ledger.newMessage(name, topic, qos, retain, durable);
    int packetId = 0;
    if (qos != QoS.AT_MOST_ONCE) {
      packetId = freePacketId();
      outgoing.put(packetId, new Outgoing(message));
      quota--;
    }
    send(story, current, message, packetId, false);
  }

  private void send(Story story, Link current, StoryMessage message, int packetId, boolean dup) {
    ledger.sent(message);
    story.send(
        current,
        new Publish(
            dup,
            message.qos,
            message.retain,
            packetId,
            Bytes.utf8(message.topic),
            0,
            -1,
            SubscriptionIdentifiers.NONE,
            Bytes.EMPTY,
            Bytes.utf8(message.text())));
  }

  /// In their order, as far as the broker takes more.
  private void resend(Story story) {
    while (!toResend.isEmpty()) {
      Link current = link;
      int packetId = toResend.getFirst();
      Outgoing again = outgoing.get(packetId);
      if (again == null || current == null) {
        toResend.removeFirst();
        continue;
      }
      if (again.released) {
        toResend.removeFirst();
        story.send(current, new PubRel(packetId));
      } else if (quota > 0) {
        toResend.removeFirst();
        quota--;
        send(story, current, again.message, packetId, true);
      } else {
        return;
      }
    }
  }

  /// Acknowledges something that it got, mostly in the order of receipt.
  private void answer(Story story) {
    Link current = link;
    if (current == null || unanswered.isEmpty()) {
      return;
    }
    int index = random.nextInt(8) == 0 ? random.nextInt(unanswered.size()) : 0;
    Packet answer = unanswered.remove(index);
    switch (answer) {
      case PubAck ack -> window.remove(ack.packetId());
      case PubComp completed -> {
        window.remove(completed.packetId());
        open.remove(completed.packetId());
      }
      default -> {}
    }
    story.send(current, answer);
  }

  // What it gets

  void arrives(Link on, Packet packet) {
    if (on == link) {
      inbox.addLast(packet);
    } else if (!takingOver && !(packet instanceof Disconnect)) {
      throw new IllegalStateException("nothing comes on an old connection: " + packet);
    }
  }

  /// A copy that outlives the call.
  static Packet kept(Packet packet) {
    return packet instanceof Publish publish
        ? new Publish(
            publish.dup(),
            publish.qos(),
            publish.retain(),
            publish.packetId(),
            publish.topic().copy(),
            publish.topicAlias(),
            publish.messageExpirySeconds(),
            publish.subscriptionIdentifiers(),
            publish.passedOn().copy(),
            publish.payload().copy())
        : packet;
  }

  private void read(Story story, int count) {
    for (int i = 0; i < count && !inbox.isEmpty(); i++) {
      read(story, inbox.removeFirst());
    }
  }

  private void read(Story story, Packet packet) {
    if (!connected && !(packet instanceof ConnAck)) {
      throw new IllegalStateException("nothing precedes CONNACK: " + packet);
    }
    switch (packet) {
      case ConnAck ack -> connected(story, ack);
      case Publish publish -> received(publish);
      case PubAck ack -> acknowledged(story, ack.packetId(), ack.reasonCode());
      case PubRec received -> {
        Outgoing out = outgoing.get(received.packetId());
        if (out != null && !out.released) {
          check(!received.reasonCode().isFailure(), "nothing is refused here: " + received);
          ledger.accepted(out.message);
          out.released = true;
        }
        send(story, new PubRel(received.packetId()));
      }
      case PubRel release -> unanswered.add(new PubComp(release.packetId()));
      case PubComp completed -> acknowledged(story, completed.packetId(), ReasonCode.SUCCESS);
      case SubAck ack -> subscribed(ack);
      case UnsubAck ack -> asked.remove(ack.packetId());
      case Disconnect disconnect ->
          check(
              disconnect.reasonCode() == ReasonCode.SESSION_TAKEN_OVER,
              "only for another connection: " + disconnect);
      default -> throw new IllegalStateException("not expected: " + packet);
    }
  }

  private void send(Story story, Packet packet) {
    Link current = link;
    if (current != null) {
      story.send(current, packet);
    }
  }

  private void connected(Story story, ConnAck ack) {
    check(ack.reasonCode() == ReasonCode.SUCCESS, "everybody is let in: " + ack);
    connected = true;
    if (durable && sessionExpected && version != ProtocolVersion.V3_1) {
      check(ack.sessionPresent(), "the session of " + name + " is there: " + ack);
    }
    if (passing && !ack.sessionPresent()) {
      forgetSession();
    }
    sessionExpected = durable;
    toResend.addAll(outgoing.keySet());
    resend(story);
  }

  private void received(Publish publish) {
    Bytes topic = publish.topic();
    if (publish.topicAlias() != 0 && !topic.isEmpty()) {
      aliases.put(publish.topicAlias(), topic);
    } else if (publish.topicAlias() != 0) {
      check(aliases.containsKey(publish.topicAlias()), "an alias is told first: " + publish);
    }
    String text = publish.payload().toUtf8();
    boolean isNew = true;
    if (publish.qos() != QoS.AT_MOST_ONCE) {
      window.add(publish.packetId());
      check(window.size() <= receiveMaximum, "within the receive maximum of " + name);
    }
    switch (publish.qos()) {
      case AT_MOST_ONCE -> {}
      case AT_LEAST_ONCE -> unanswered.add(new PubAck(publish.packetId()));
      case EXACTLY_ONCE -> {
        isNew = open.add(publish.packetId());
        unanswered.add(new PubRec(publish.packetId()));
      }
    }
    if (text.isEmpty()) {
      return;
    }
    if (publish.retain()) {
      retained.put(text.split(" ", -1)[1], text);
      ledger.receivedRetained(receiver(), text, publish.qos(), publish.dup(), subscribedAt);
    } else if (isNew) {
      ledger.received(receiver(), text, publish.qos(), publish.dup());
    }
  }

  private void acknowledged(Story story, int packetId, ReasonCode reasonCode) {
    Outgoing out = outgoing.remove(packetId);
    check(!reasonCode.isFailure(), "nothing is refused here: " + reasonCode);
    if (out != null) {
      ledger.accepted(out.message);
    }
    quota = Math.min(quota + 1, version.isV5() ? brokersReceiveMaximum : 65535);
    resend(story);
  }

  private void subscribed(SubAck ack) {
    Packet question = asked.remove(ack.packetId());
    if (question instanceof Subscribe subscribe) {
      for (Requested requested : subscribe.filters()) {
        subscribedAt = ledger.tick();
        interests.putIfAbsent(requested.filter(), new Interest(requested.filter(), ledger.tick()));
      }
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("should be so: " + what);
    }
  }
}
