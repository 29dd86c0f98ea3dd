package io.holdfast.simulator.checker;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.simulator.workload.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What clients sent, were told and got, in the order in which it happened; the checkers look at it
/// as it comes in.
///
/// It knows nothing of the broker. Every event has a tick of its own, later than all before.
public final class Ledger {
  private static final byte PAD = 'x';

  private final World world;
  private final BrokerSettings settings;
  private final List<Message> messages = new ArrayList<>();
  private final Map<String, ClientView> clients = new LinkedHashMap<>();
  private final Map<Line, int[]> lines = new HashMap<>();
  private final SharedGroups groups;
  private final SubscribedCheck subscribed;
  private final PublishedCheck published;
  private final LimitsCheck limits;
  private final AccountsCheck accounts;
  private final ExactlyOnceCheck exactlyOnce;
  private final OrderCheck order;
  private final RetainedCheck retained;
  private final WillCheck wills;
  private boolean rests;
  private long stirredNanos;
  private long now;

  public Ledger(World world, BrokerSettings settings) {
    this.world = world;
    this.settings = settings;
    this.groups = new SharedGroups();
    this.subscribed = new SubscribedCheck(world);
    this.limits = new LimitsCheck(world, settings);
    this.published = new PublishedCheck(world, limits);
    this.accounts = new AccountsCheck(world, settings, published);
    this.exactlyOnce = new ExactlyOnceCheck(world, settings);
    this.order = new OrderCheck(world, settings);
    this.retained = new RetainedCheck(world);
    this.wills = new WillCheck(world);
  }

  /// Messages of one publisher on one topic at one QoS.
  private record Line(String publisher, String topic, QoS qos) {}

  World world() {
    return world;
  }

  BrokerSettings settings() {
    return settings;
  }

  /// A moment later than all before.
  long tick() {
    return ++now;
  }

  SharedGroups groups() {
    return groups;
  }

  SubscribedCheck subscribed() {
    return subscribed;
  }

  WillCheck wills() {
    return wills;
  }

  public RetainedCheck retained() {
    return retained;
  }

  /// What the ledger knows of a client.
  public ClientView client(String clientId) {
    return clients.computeIfAbsent(clientId, id -> new ClientView(id, this));
  }

  Collection<ClientView> clients() {
    return clients.values();
  }

  // What publishers do and are told

  public Message newMessage(String publisher, Message.Draft draft) {
    return newMessage(publisher, draft, false);
  }

  /// The will of a client, which the broker publishes once at most.
  public Message newWill(String client, Message.Draft draft) {
    return newMessage(client, draft, true);
  }

  private Message newMessage(String publisher, Message.Draft draft, boolean will) {
    int[] line =
        lines.computeIfAbsent(
            new Line(publisher, draft.topic(), draft.qos()), unused -> new int[] {lines.size(), 0});
    int number = messages.size();
    Message message =
        new Message(
            number, draft, publisher, payload(number, draft.padding()), will, line[0], ++line[1]);
    messages.add(message);
    if (message.retain() && !will) {
      retained.newVersion(message);
    }
    return message;
  }

  private static Bytes payload(int number, int padding) {
    if (padding < 0) {
      return Bytes.EMPTY;
    }
    byte[] digits = Integer.toString(number).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] payload = Arrays.copyOf(digits, digits.length + padding);
    Arrays.fill(payload, digits.length, payload.length, PAD);
    return Bytes.own(payload);
  }

  /// `message` goes out to the broker, for the first time or once more.
  public void sent(Message message) {
    sent(message, false);
  }

  /// The same.
  ///
  /// @param isToldOfRefusals whether its publisher is, and goes on with what comes next
  public void sent(Message message, boolean isToldOfRefusals) {
    long at = tick();
    if (message.firstSent == 0) {
      begun(message, at);
    } else if (isToldOfRefusals && mayHaveBeenRefused(message)) {
      message.mayHaveBeenRefused = true;
    }
    message.transmissions++;
    limits.sent(message, messages, clients.values());
  }

  /// `session` asks for what `interest` matches.
  void asked(SessionView session, Interest interest) {
    limits.asked(session, interest, messages, retained.topics());
  }

  private void begun(Message message, long at) {
    message.firstSent = at;
    message.firstSentNanos = world.nowNanos();
    message.firstSentMillis = world.latestMillis();
    message.crashesBefore = world.crashes();
  }

  private boolean mayHaveBeenRefused(Message message) {
    return world.mayHaveLackedSpaceSince(message.firstSentNanos)
        || limits.mayBeRejected(message, clients.values());
  }

  /// PUBACK or PUBREC came for it, and said yes.
  public void accepted(Message message) {
    if (message.accepted == 0) {
      message.accepted = tick();
      limits.accepted(message, clients.values());
      if (message.retain() && !message.isWill()) {
        retained.accepted(message);
      }
    }
  }

  /// PUBACK or PUBREC came for it, and said no.
  public void refused(Message message) {
    if (!isTooLarge(message)
        && !world.mayLackSpace()
        && !limits.mayBeRejected(message, clients.values())) {
      throw world.violation("P6", "the broker refuses what it has space for: " + message);
    }
    if (message.transmissions == 1) {
      message.forbidden = true;
    }
  }

  /// Whether it is larger than the operator allows.
  public boolean isTooLarge(Message message) {
    return settings.messageSizeMaximum() > 0
        && message.payload().length() > settings.messageSizeMaximum();
  }

  /// The broker must not take it: what it stands behind breaks the protocol.
  public void forbid(Message message) {
    tick();
    message.forbidden = true;
  }

  /// A will that may be published from now on.
  void willOut(Message message) {
    begun(message, tick());
    message.transmissions = 1;
    limits.sent(message, messages, clients.values());
  }

  /// A will that has to be published, and has been by now.
  void willDue(Message message) {
    if (message.accepted == 0) {
      message.accepted = tick();
      limits.accepted(message, clients.values());
    }
  }

  // What consumers get

  /// A message arrived.
  ///
  /// @param topic of the packet, or the one that its alias stands for
  void arrived(
      ClientView to, SessionView session, ProtocolVersion version, String topic, Publish packet) {
    tick();
    if (topic.startsWith("$SYS/")) {
      return;
    }
    stirred();
    if (packet.payload().isEmpty()) {
      return;
    }
    Message message = intact(to, version, topic, packet);
    Arrival arrival = new Arrival(session, session.connections, message, packet, now);
    subscribed.arrived(arrival);
    retained.arrived(arrival);
    limits.arrived(arrival, version);
    limits.cameOut(arrival, messages);
    session.seen.set(message.number());
    if (packet.qos() != QoS.AT_MOST_ONCE) {
      session.entries.set(message.number());
    }
    // What was sent twice at QoS 1 is two messages, and the other one may still be on its way.
    int copies = message.qos() == QoS.AT_LEAST_ONCE ? message.transmissions : 1;
    if (rests
        && session.isDurable()
        && !arrival.asRetained()
        && session.arrivals(message) >= copies) {
      throw world.violation(
          "P3", to.clientId() + " had acknowledged, and got again long after that, " + message);
    }
    boolean isNew = exactlyOnce.arrived(arrival);
    if (isNew) {
      if (packet.qos() != QoS.AT_MOST_ONCE) {
        session.cameOut++;
      }
      order.arrived(arrival);
      wills.arrived(arrival);
      if (message.isShared()) {
        exactlyOnce.arrivedInGroup(arrival, groups);
      }
    }
  }

  private Message intact(ClientView to, ProtocolVersion version, String topic, Publish packet) {
    Optional<Message> sent = find(packet.payload());
    if (sent.isEmpty()) {
      throw world.violation(
          "P3", to.clientId() + " got on " + topic + " what nobody sent: " + packet.payload());
    }
    Message message = sent.get();
    if (!message.topic().equals(topic)) {
      throw world.violation("P3", to.clientId() + " got on topic " + topic + " " + message);
    }
    if (!message.payload().equals(packet.payload())
        || (version.isV5() && !message.passedOn().equals(packet.passedOn()))) {
      throw world.violation("P3", to.clientId() + " got an altered " + message);
    }
    if (message.forbidden) {
      throw world.violation("P3", to.clientId() + " got what the broker must not take: " + message);
    }
    if (message.firstSent == 0) {
      throw world.violation("P3", to.clientId() + " got what was not sent yet: " + message);
    }
    return message;
  }

  private Optional<Message> find(Bytes payload) {
    int number = 0;
    int digits = 0;
    while (digits < payload.length() && payload.at(digits) != PAD) {
      int digit = payload.at(digits) - '0';
      if (digit < 0 || digit > 9 || digits > 8) {
        return Optional.empty();
      }
      number = number * 10 + digit;
      digits++;
    }
    return digits > 0 && number < messages.size()
        ? Optional.of(messages.get(number))
        : Optional.empty();
  }

  // At the end

  /// Something came to somebody, or is about to.
  void stirred() {
    stirredNanos = world.nowNanos();
  }

  /// Whether no message has come to anybody, and nobody has come, for so long.
  public boolean isQuiet(long nanos) {
    return world.nowNanos() - stirredNanos >= nanos;
  }

  /// Everything was handled a while ago, and every acknowledgement is safe.
  public void rest() {
    rests = true;
    accounts.checkAtRest(clients.values());
  }

  /// Whether everything owed has arrived, once nobody misbehaves any more.
  public boolean owesNothing() {
    return published.firstMissing(messages, clients.values(), groups).isEmpty()
        && exactlyOnce.firstOpen(clients.values()).isEmpty();
  }

  /// What can only be judged when everything has come to rest.
  public void checkAtTheEnd() {
    published.check(messages, clients.values(), groups);
    exactlyOnce.check(clients.values());
    accounts.check(messages, clients.values(), groups, retained);
  }

  public int messages() {
    return messages.size();
  }
}
