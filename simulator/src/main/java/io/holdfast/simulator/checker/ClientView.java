package io.holdfast.simulator.checker;

import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.simulator.checker.SubscribedCheck.Presence;
import io.holdfast.simulator.checker.WillCheck.Armed;
import io.holdfast.simulator.checker.WillCheck.Parting;
import io.holdfast.simulator.workload.Reached;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is known of a client: whether the broker has to have a session for it, and which of its
/// wills may be published.
///
/// A CONNECT without an answer may have been carried out or not. Where that would leave open which
/// session the client is in, it has to start clean next time (`mustStartClean`): MQTT has no other
/// remedy.
public final class ClientView {
  private static final long NEVER = 0xFFFF_FFFFL;

  private final String clientId;
  private final Ledger ledger;
  private @Nullable SessionView session;
  private Presence presence = Presence.ABSENT;

  /// The shortest expiry that its session may have.
  private long expirySeconds;

  /// The latest that the broker's time can have been when it surely knew the client connected.
  private long aliveMillis;

  private boolean mustStartClean;
  private Optional<Pending> pending = Optional.empty();
  private Optional<Armed> armed = Optional.empty();
  private Parting parting = Parting.LOST;
  private boolean endedWithConnection;

  /// What it has ever asked for, in any session.
  private final Map<String, Asked> asked = new LinkedHashMap<>();

  /// How often it ever ended an exchange, by whatever answer, and how often by saying no.
  int acknowledgements;

  int refusals;

  /// Whether it ever said how large packets may be.
  boolean limitsPackets;

  ClientView(String clientId, Ledger ledger) {
    this.clientId = clientId;
    this.ledger = ledger;
  }

  /// A filter, and how often it was asked for.
  record Asked(Interest interest, int times) {}

  /// A CONNECT that is not answered yet.
  private record Pending(Connect packet, Optional<Message> will, long millis, int crashes) {}

  public String clientId() {
    return clientId;
  }

  @Nullable SessionView sessionOrNull() {
    return session;
  }

  Ledger ledger() {
    return ledger;
  }

  /// Whether the client cannot tell which session it would resume.
  public boolean mustStartClean() {
    unanswered();
    return mustStartClean;
  }

  /// Whether the client knows that the session it had is over.
  public boolean sessionHasEnded() {
    return session != null && session.ended != 0;
  }

  private Presence presenceNow() {
    return presence == Presence.PRESENT && mayHaveExpired() ? Presence.UNCERTAIN : presence;
  }

  private boolean mayHaveExpired() {
    return expirySeconds != NEVER
        && ledger.world().latestMillis() - aliveMillis >= expirySeconds * 1000;
  }

  Collection<Asked> asked() {
    return asked.values();
  }

  boolean everAskedFor(String topic) {
    for (Asked once : asked.values()) {
      if (once.interest().matches(topic)) {
        return true;
      }
    }
    return false;
  }

  void connecting(Connect packet, Optional<Message> will) {
    unanswered();
    limitsPackets |= packet.maximumPacketSize() >= 0;
    ledger.tick();
    if (packet.cleanStart()) {
      endSession();
    }
    will.ifPresent(ledger::willOut);
    pending =
        Optional.of(
            new Pending(packet, will, ledger.world().latestMillis(), ledger.world().crashes()));
  }

  /// The last CONNECT was never answered, and may have done what it asks for.
  private void unanswered() {
    if (pending.isEmpty()) {
      return;
    }
    Connect lost = pending.get().packet();
    pending = Optional.empty();
    // It may have come in time to take the will of the connection before back, or not.
    armed = Optional.empty();
    if (lost.cleanStart()) {
      presence = Presence.UNCERTAIN;
      mustStartClean = true;
      return;
    }
    switch (presenceNow()) {
      case PRESENT -> {
        expirySeconds = Math.min(expirySeconds, expirySeconds(lost));
        presence = expirySeconds == 0 ? Presence.UNCERTAIN : Presence.PRESENT;
      }
      case ABSENT -> presence = Presence.UNCERTAIN;
      case UNCERTAIN -> mustStartClean = true;
    }
  }

  /// Whether its session may end with its connection, whatever it was before.
  boolean endsWithConnection() {
    return expirySeconds == 0;
  }

  private long expirySeconds(Connect packet) {
    long asked =
        packet.version().isV5()
            ? Math.max(0, packet.sessionExpirySeconds())
            : packet.cleanStart() ? 0 : NEVER;
    long maximum = ledger.settings().sessionExpirySecondsMaximum();
    return maximum < 0 ? asked : Math.min(asked, maximum);
  }

  private void endSession() {
    if (session != null && session.ended == 0) {
      session.ended = ledger.tick();
      ledger.groups().memberEnds(session);
    }
  }

  /// CONNACK came, and said that there is no space for a session.
  void refused() {
    if (presenceNow() == Presence.PRESENT) {
      throw ledger.world().violation("P6", clientId + " is refused the session that it has");
    }
  }

  /// CONNACK came, with success. Gives the session that the client is in now.
  SessionView connected(ConnAck answer) {
    Pending asked = pending.orElseThrow();
    pending = Optional.empty();
    ledger.stirred();
    boolean clean = asked.packet().cleanStart();
    Presence expected = clean ? Presence.ABSENT : presenceNow();
    boolean present =
        asked.packet().version() == ProtocolVersion.V3_1
            ? expected == Presence.PRESENT
            : answer.sessionPresent();
    ledger
        .subscribed()
        .sessionPresent(
            clientId, expected, present, clean ? "it starts clean" : "nothing ended or made it");
    boolean continues = present && session != null && session.ended == 0;
    countReached(clean, present, continues, expected);
    boolean oldEnded = endedWithConnection || !continues;
    armed.ifPresent(will -> ledger.wills().settle(will, parting, oldEnded, ledger));
    long expiry = expirySeconds(asked.packet());
    SessionView current = session;
    if (current == null || !continues) {
      endSession();
      current = new SessionView(clientId, present || expiry > 0, ledger.tick());
      session = current;
    }
    current.connections++;
    current.cameAgainLast = 0;
    if (asked.packet().maximumPacketSize() >= 0) {
      current.packetBytesLeast =
          Math.min(current.packetBytesLeast, asked.packet().maximumPacketSize());
    }
    presence = Presence.PRESENT;
    mustStartClean = false;
    expirySeconds = expiry;
    aliveMillis = asked.millis();
    armed =
        asked
            .will()
            .map(message ->
                new Armed(
                    message,
                    delayOf(asked.packet()),
                    asked.crashes(),
                    ledger.world().nowNanos(),
                    !ledger.world().isFaulty()));
    parting = Parting.LOST;
    endedWithConnection = false;
    return current;
  }

  private static long delayOf(Connect packet) {
    return packet.will().map(will -> will.delaySeconds()).orElse(0L);
  }

  private void countReached(boolean clean, boolean present, boolean continues, Presence expected) {
    SessionView old = session;
    if (clean && old != null && old.isDurable()) {
      ledger.world().reached(Reached.SESSION_STARTED_CLEAN);
    }
    if (!clean && !present && expected == Presence.UNCERTAIN && old != null && old.ended == 0) {
      ledger.world().reached(Reached.SESSION_EXPIRED);
    }
    if (continues && old != null) {
      old.open.values().forEach(held -> ledger.world().reached(Reached.RESUMED_QOS_2_IN));
    }
  }

  /// Something was answered that the client sent when the broker's time was `millis` at most.
  void alive(long millis) {
    aliveMillis = Math.max(aliveMillis, millis);
  }

  /// The client has no connection any more.
  ///
  /// @param newExpirySeconds what its DISCONNECT asked for, -1 for nothing
  void gone(Parting how, long newExpirySeconds) {
    ledger.tick();
    if (pending.isPresent()) {
      return;
    }
    parting = how;
    if (how == Parting.GOODBYE) {
      ledger.wills().goodbye(armed, ledger);
    }
    if (expirySeconds == 0) {
      endedWithConnection = true;
      presence = Presence.ABSENT;
      endSession();
    } else if (newExpirySeconds >= 0) {
      expirySeconds = Math.min(expirySeconds, newExpirySeconds);
      if (newExpirySeconds == 0) {
        presence = Presence.UNCERTAIN;
        // A crash may bring back the session, but not what came while it was ended.
        mustStartClean = true;
      }
    }
  }

  // Subscriptions

  void subscribing(Subscribe packet, long tick) {
    SessionView current = session;
    if (current == null) {
      return;
    }
    for (Requested requested : packet.filters()) {
      if (!SubscribedCheck.isValid(requested.filter())) {
        continue;
      }
      asked.merge(
          requested.filter(),
          new Asked(new Interest(requested.filter(), tick), 1),
          (before, once) -> new Asked(before.interest(), before.times() + once.times()));
      Interest interest =
          current
              .current(requested.filter())
              .orElseGet(() -> {
                Interest fresh = new Interest(requested.filter(), tick);
                current.interests().add(fresh);
                return fresh;
              });
      interest.askedFor(requested, packet.subscriptionIdentifier(), tick);
      ledger.asked(current, interest);
      if (interest.isShared()) {
        SharedGroups.Group group = ledger.groups().group(requested.filter());
        group.hasTransientMembers |= !current.isDurable();
        group.packetBytesLeast = Math.min(group.packetBytesLeast, current.packetBytesLeast);
      }
    }
  }

  void subscribed(Subscribe asked, long askedAt, SubAck answer) {
    ledger.subscribed().granted(clientId, asked, answer);
    SessionView current = session;
    if (current == null) {
      return;
    }
    long tick = ledger.tick();
    for (int i = 0; i < asked.filters().size(); i++) {
      String filter = asked.filters().get(i).filter();
      boolean isRefused = answer.reasonCodes().get(i).isFailure();
      for (Interest interest : current.interests()) {
        if (interest.filter().equals(filter) && interest.wasAsked(askedAt)) {
          if (isRefused) {
            ledger.subscribed().refused(clientId, interest);
            interest.refused(askedAt, tick);
          } else {
            interest.granted(askedAt, tick);
          }
        }
      }
    }
  }

  /// Gives which of the filters the broker surely knows.
  boolean[] unsubscribing(Unsubscribe packet, long tick) {
    boolean[] surelyThere = new boolean[packet.filters().size()];
    SessionView current = session;
    for (int i = 0; i < surelyThere.length && current != null; i++) {
      Optional<Interest> interest = current.current(packet.filters().get(i));
      if (interest.isPresent()) {
        surelyThere[i] = interest.get().granted != 0;
        interest.get().givenUp = tick;
      }
    }
    return surelyThere;
  }

  void unsubscribed(Unsubscribe asked, long askedAt, boolean[] surelyThere, UnsubAck answer) {
    if (!answer.reasonCodes().isEmpty()) {
      ledger.subscribed().unsubscribed(clientId, asked, answer, surelyThere);
    }
    SessionView current = session;
    long tick = ledger.tick();
    if (current != null) {
      for (Interest interest : current.interests()) {
        if (asked.filters().contains(interest.filter())
            && interest.asked < askedAt
            && interest.ended == 0) {
          interest.ended = tick;
        }
      }
    }
  }
}
