package io.holdfast.cli.prove;

import io.holdfast.cli.prove.ClientSocket.BrokenProtocolException;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Subscribes once, and from then on takes everything numbered and tells new messages from known
/// ones.
///
/// - At QoS 2 by the packet identifiers that are open, as MQTT asks: a PUBLISH under an open one is
///   known, and has to be the same message with DUP, on a later connection.
/// - At QoS 1 by the most that a consumer can go by: a PUBLISH with DUP on a later connection that
///   is what came last under its packet identifier is known, as long as the broker may have
///   forgotten the PUBACK. Everything else is new.
///
/// The broker may forget a PUBACK until two messages of the consumer's own, sent one after the
/// other behind it, are acknowledged: the first makes it write a batch, and the PUBACK stands at
/// latest in the one after that.
public final class ConsumingClient extends Client {
  private static final int SUBSCRIBE_ID = 60_000;
  private static final int OWN_ID = 60_001;

  private final int index;
  private final Numbering numbering;
  private final String filter;
  private final QoS maximumQoS;
  private final Ledger ledger;
  private final Mishap mishap;
  private final Map<Integer, Known> last = new HashMap<>();
  private final Map<Integer, Known> open = new HashMap<>();
  private boolean isSubscribed;
  private int visits;

  /// @param index who it is in the ledger
  /// @param mishap whether it dies while it handles a message
  ConsumingClient(
      String clientId,
      int index,
      ProtocolVersion version,
      Numbering numbering,
      String filter,
      QoS maximumQoS,
      int receiveMaximum,
      Ledger ledger,
      Mishap mishap) {
    super(clientId, version, receiveMaximum, ledger);
    this.index = index;
    this.numbering = numbering;
    this.filter = filter;
    this.maximumQoS = maximumQoS;
    this.ledger = ledger;
    this.mishap = mishap;
  }

  /// One that lives.
  public ConsumingClient(
      String clientId,
      int index,
      ProtocolVersion version,
      Numbering numbering,
      String filter,
      QoS maximumQoS,
      int receiveMaximum,
      Ledger ledger) {
    this(
        clientId,
        index,
        version,
        numbering,
        filter,
        maximumQoS,
        receiveMaximum,
        ledger,
        Mishap.never());
  }

  /// A message that came, and on which connection it came last.
  private record Known(Numbered message, int visit) {}

  @Override
  void live() {
    mishap.end();
  }

  @Override
  void sessionIsNew() {
    last.clear();
    open.clear();
    isSubscribed = false;
  }

  @Override
  void converse(ClientSocket connected) throws IOException {
    visits++;
    new Visit(connected).run();
  }

  /// One connection.
  private final class Visit {
    private final ClientSocket socket;
    private final Map<Integer, String> topicAliases = new HashMap<>();
    private boolean ownIsOut;
    private boolean ownIsRefused;

    /// Packet identifiers of PUBACKs: since its last own message, between the last two, and before.
    private List<Integer> sinceLast = new ArrayList<>();

    private List<Integer> beforeLast = new ArrayList<>();
    private List<Integer> beforeThat = new ArrayList<>();

    Visit(ClientSocket socket) {
      this.socket = socket;
    }

    void run() throws IOException {
      if (!isSubscribed) {
        Requested all = new Requested(filter, maximumQoS, false, false, RetainHandling.SEND);
        socket.send(new Subscribe(SUBSCRIBE_ID, 0, List.of(), List.of(all)));
      }
      while (true) {
        if (!socket.hasInput()) {
          publishOwn();
          socket.flush();
        }
        switch (socket.receive()) {
          case Publish publish -> take(publish);
          case PubRel release -> {
            mayDie();
            open.remove(release.packetId());
            mayDie();
            socket.send(new PubComp(release.packetId()));
          }
          case PubAck own -> {
            if (own.reasonCode().isFailure()) {
              ownIsRefused();
            } else {
              ownIsAcknowledged();
            }
          }
          case SubAck granted -> subscribed(granted);
          case Packet other -> throw new BrokenProtocolException("a consumer was sent " + other);
        }
      }
    }

    private void publishOwn() throws IOException {
      if (!ownIsOut && !(sinceLast.isEmpty() && beforeLast.isEmpty())) {
        beforeThat = beforeLast;
        beforeLast = sinceLast;
        sinceLast = new ArrayList<>();
        ownIsOut = true;
        socket.send(
            Numbering.publish(
                false,
                QoS.AT_LEAST_ONCE,
                true,
                OWN_ID,
                numbering.ownTopic(clientId()),
                Bytes.utf8("own")));
      }
    }

    private void ownIsAcknowledged() {
      ownIsOut = false;
      last.keySet().removeAll(beforeThat);
      beforeThat = List.of();
    }

    /// It shows nothing. The next one follows what comes next, for a broker that has no room now
    /// may have none for long.
    private void ownIsRefused() {
      beforeLast.addAll(sinceLast);
      sinceLast = beforeLast;
      beforeLast = beforeThat;
      beforeThat = List.of();
      ownIsRefused = true;
    }

    private void take(Publish publish) throws IOException {
      if (ownIsRefused) {
        ownIsRefused = false;
        ownIsOut = false;
      }
      String topic = topicOf(publish);
      Optional<Numbered> message = numbering.read(topic, publish.payload());
      if (message.isEmpty()) {
        ledger.violation("consumer %d: not as it was sent: %s".formatted(index, topic));
        return;
      }
      QoS expected = QoS.lower(maximumQoS, Numbered.qos(message.get().stream()));
      if (publish.qos() != expected) {
        ledger.violation("consumer %d: %s at %s".formatted(index, message.get(), publish.qos()));
      }
      int packetId = publish.packetId();
      mayDie();
      switch (publish.qos()) {
        case AT_MOST_ONCE -> {}
        case AT_LEAST_ONCE -> {
          atLeastOnce(message.get(), packetId, publish.dup());
          socket.send(new PubAck(packetId));
          sinceLast.add(packetId);
        }
        case EXACTLY_ONCE -> {
          exactlyOnce(message.get(), packetId, publish.dup());
          mayDie();
          socket.send(new PubRec(packetId));
        }
      }
    }

    private String topicOf(Publish publish) {
      int alias = publish.topicAlias();
      if (publish.topic().isEmpty()) {
        return topicAliases.getOrDefault(alias, "an alias that was never set");
      }
      String topic = publish.topic().toUtf8();
      if (alias != 0) {
        topicAliases.put(alias, topic);
      }
      return topic;
    }

    private void mayDie() throws DiedException {
      if (mishap.strikes()) {
        throw new DiedException();
      }
    }

    private void atLeastOnce(Numbered message, int packetId, boolean dup) {
      Known known = last.put(packetId, new Known(message, visits));
      if (dup && known != null && known.message().equals(message) && known.visit() < visits) {
        ledger.cameAgain();
      } else {
        ledger.arrived(index, message, dup);
      }
    }

    /// What comes under an open packet identifier is what came under it before, whatever it is now:
    /// a client that obeys MQTT does not pass it on.
    private void exactlyOnce(Numbered message, int packetId, boolean dup) {
      Known known = open.get(packetId);
      if (known == null) {
        ledger.arrived(index, message, dup);
      } else {
        ledger.cameAgain();
        if (!dup || !known.message().equals(message) || known.visit() == visits) {
          ledger.violation(
              "consumer %d: %s under packet id %d, where %s is open"
                  .formatted(index, message, packetId, known.message()));
        }
      }
      open.put(packetId, new Known(known == null ? message : known.message(), visits));
    }
  }

  private synchronized void subscribed(SubAck granted) {
    if (granted.reasonCodes().getFirst().isFailure()) {
      ledger.violation("consumer %d may not subscribe: %s".formatted(index, granted));
    }
    isSubscribed = true;
    notifyAll();
  }

  /// Waits until its subscription is acknowledged. False where that takes more than `millis`.
  public synchronized boolean awaitSubscribed(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (!isSubscribed) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  @Override
  void tidy(ClientSocket connected) throws IOException {
    connected.send(
        Numbering.publish(
            false, QoS.AT_LEAST_ONCE, true, OWN_ID, numbering.ownTopic(clientId()), Bytes.EMPTY));
    connected.flush();
    connected.receive(PubAck.class);
  }
}
