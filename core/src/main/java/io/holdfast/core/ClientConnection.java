package io.holdfast.core;

import io.holdfast.core.session.Session;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One network connection, and what the protocol ties to it: nothing here outlives it.
final class ClientConnection {
  private final int id;
  private final ListenerSettings listener;
  private final String address;
  private @Nullable Client client;
  private boolean closing;
  private Optional<String> whyClosing = Optional.empty();
  private long heardMillis;
  private Timers.@Nullable Timer timer;

  /// The number, in the durability gate, of the last answer that was held for it.
  private long lastHeld = -1;

  ClientConnection(int id, ListenerSettings listener, String address, long nowMillis) {
    this.id = id;
    this.listener = listener;
    this.address = address;
    this.heardMillis = nowMillis;
  }

  int id() {
    return id;
  }

  ListenerSettings listener() {
    return listener;
  }

  String address() {
    return address;
  }

  /// Who is behind it, once its CONNECT was accepted.
  Optional<Client> client() {
    return Optional.ofNullable(client);
  }

  @Nullable Client clientOrNull() {
    return client;
  }

  void accepted(Client accepted) {
    client = accepted;
  }

  /// Whether the broker has ended it: what still comes from it is not looked at.
  boolean isClosing() {
    return closing;
  }

  void closing() {
    closing = true;
  }

  /// Closing, for a reason that an operator may want to know.
  void closing(String why) {
    closing = true;
    whyClosing = Optional.of(why);
  }

  Optional<String> whyClosing() {
    return whyClosing;
  }

  /// The one timer that watches it: first for its CONNECT, then for its keep alive.
  Timers.@Nullable Timer timer() {
    return timer;
  }

  void timer(Timers.Timer watching) {
    timer = watching;
  }

  long heardMillis() {
    return heardMillis;
  }

  void heard(long nowMillis) {
    heardMillis = nowMillis;
  }

  long lastHeld() {
    return lastHeld;
  }

  void lastHeld(long number) {
    lastHeld = number;
  }

  /// The client behind a connection, with its session and the flow of messages both ways.
  static final class Client {
    private static final @Nullable Bytes[] NO_ALIASES = new @Nullable Bytes[1];

    private final ClientConnection connection;
    private final Session session;
    private final ProtocolVersion version;
    private final int keepAliveSeconds;
    private final int sendMaximum;
    private final long maximumPacketSize;
    private final boolean wantsProblems;
    private final boolean bridge;
    private final @Nullable Bytes[] aliasesIn;
    private Map<Bytes, Integer> aliasesOut = Map.of();
    private final int aliasesOutMax;
    final Outbound outbound;

    /// Those who came later have higher ones.
    long number;

    /// PUBLISH packets at QoS 1 and 2 that it sent on this connection, less the answers that give
    /// it room for another [MQTT-4.9.0-2, -3]. Below zero where those ended exchanges of earlier
    /// connections.
    int receiving;

    /// QoS 2 packet identifiers that were open when it connected, and that it has not used again.
    private final Set<Integer> openBefore;

    /// Since when a message of it is withheld, below 0 where none is; and whether its messages are
    /// thrown away until it connects again (see `Admission`).
    long withheldSinceMillis = -1;

    boolean mustComeAgain;

    /// How full the fullest queue is that it published for since the driver asked.
    double fullness;

    /// Whether its CONNACK is out: nothing precedes it.
    boolean opened;

    Client(
        ClientConnection connection,
        Session session,
        ProtocolVersion version,
        int keepAliveSeconds,
        int sendMaximum,
        long maximumPacketSize,
        boolean wantsProblems,
        boolean bridge,
        int aliasesInMax,
        int aliasesOutMax) {
      this.connection = connection;
      this.session = session;
      this.version = version;
      this.keepAliveSeconds = keepAliveSeconds;
      this.sendMaximum = sendMaximum;
      this.maximumPacketSize = maximumPacketSize;
      this.wantsProblems = wantsProblems;
      this.bridge = bridge;
      this.aliasesIn = aliasesInMax == 0 ? NO_ALIASES : new @Nullable Bytes[aliasesInMax + 1];
      this.openBefore =
          session.openReceived().isEmpty()
              ? Set.of()
              : new HashSet<>(session.openReceived().keySet());
      this.aliasesOutMax = aliasesOutMax;
      this.outbound = new Outbound(session.queue().head());
    }

    ClientConnection connection() {
      return connection;
    }

    Session session() {
      return session;
    }

    ProtocolVersion version() {
      return version;
    }

    int keepAliveSeconds() {
      return keepAliveSeconds;
    }

    /// How many messages at QoS 1 and 2 may be on their way to it.
    int sendMaximum() {
      return sendMaximum;
    }

    /// Whether `packet` is no larger than the client takes [MQTT-3.1.2-24], and than a packet can
    /// be: one that came as 3.1.1 grows on its way to a 5.0 client.
    boolean takes(Packet packet) {
      long most = maximumPacketSize < 0 ? Limits.PACKET_BYTES_MAX : maximumPacketSize;
      return (maximumPacketSize < 0 && isSurelySmall(packet))
          || PacketEncoder.length(packet, version) <= Math.min(most, Limits.PACKET_BYTES_MAX);
    }

    /// To measure each packet would cost.
    private static boolean isSurelySmall(Packet packet) {
      return !(packet instanceof Publish publish)
          || publish.payload().length() + publish.passedOn().length() < Limits.PACKET_BYTES_MAX / 2;
    }

    /// Whether it gets reason strings (MQTT 5.0 section 3.1.2.11.7).
    boolean wantsProblems() {
      return wantsProblems;
    }

    boolean isBridge() {
      return bridge;
    }

    /// Whether `packetId` comes for the first time on this connection, though it was open before.
    boolean comesAgain(int packetId) {
      return !openBefore.isEmpty() && openBefore.remove(packetId);
    }

    boolean takesAlias(int alias) {
      return alias < aliasesIn.length;
    }

    void aliasIn(int alias, Bytes topic) {
      aliasesIn[alias] = topic.copy();
    }

    @Nullable Bytes aliasIn(int alias) {
      return aliasesIn[alias];
    }

    /// The alias that stands for `topic` already, else 0.
    int knownAliasOut(Bytes topic) {
      return aliasesOut.isEmpty() ? 0 : aliasesOut.getOrDefault(topic, 0);
    }

    /// An alias that stands for nothing yet, or 0 where none is left.
    int freeAliasOut() {
      return aliasesOut.size() < aliasesOutMax ? aliasesOut.size() + 1 : 0;
    }

    /// From now on `alias` stands for `topic`: the client was told.
    void aliasOut(int alias, Bytes topic) {
      if (aliasesOut.isEmpty()) {
        aliasesOut = new LinkedHashMap<>();
      }
      aliasesOut.put(topic.copy(), alias);
    }
  }

  /// What is on its way from a queue to its consumer, and what came back.
  static final class Outbound {
    /// The sequence that is looked at next.
    long next;

    /// Messages at QoS 1 and 2 sent and not answered to the end.
    int inFlight;

    boolean ready;
    boolean awaitsDurable;
    boolean awaitsBlocks;
    boolean unrecorded;

    /// The sequence at which all removals were durable when last looked at, and where to look next.
    long spanFrom;

    long spanFromNext;
    long spanDurableAt;

    /// The newest mark of what may be sent: up to where, in which record, and up to where an
    /// earlier one allows already.
    long markLogged;

    long markPosition = -1;
    long markSafeBefore;

    /// Entries before this sequence are about to be sent, once the log is durable up to there.
    long claimedUntil;

    long claimedAt;

    /// Entries that the consumer is done with, and entries whose PUBREC came, not yet in a record.
    final Sequences done = new Sequences();

    final Sequences received = new Sequences();

    Outbound(long head) {
      this.next = head;
      this.spanFrom = head;
      this.spanFromNext = head;
    }
  }
}
