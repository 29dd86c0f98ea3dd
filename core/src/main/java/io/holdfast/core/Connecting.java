package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.Sessions.Parting;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.Will;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Lets clients in or refuses them, and sees them off (MQTT 5.0 sections 3.1, 3.2, 3.14).
final class Connecting {
  private final Journal journal;
  private final Answers answers;
  private final Sessions sessions;
  private final Delivery delivery;
  private final Timers timers;
  private final Admission admission;
  private final Effects effects;
  private final BrokerSettings settings;
  private final RandomGenerator random;

  Connecting(
      Journal journal,
      Answers answers,
      Sessions sessions,
      Delivery delivery,
      Timers timers,
      Admission admission,
      Effects effects,
      BrokerSettings settings,
      RandomGenerator random) {
    this.journal = journal;
    this.answers = answers;
    this.sessions = sessions;
    this.delivery = delivery;
    this.timers = timers;
    this.admission = admission;
    this.effects = effects;
    this.settings = settings;
    this.random = random;
  }

  void connect(ClientConnection connection, Connect connect) {
    Optional<Refusal> refusal = refusal(connection, connect);
    if (refusal.isPresent()) {
      refuse(connection, connect, refusal.get());
      return;
    }
    String clientId = connect.clientId();
    if (clientId.isEmpty()) {
      clientId = chosenId(connection.listener().autoIdPrefix());
    }
    long expirySeconds = expirySeconds(connect);
    int keepAlive = keepAlive(connect);
    List<ConnAck.Property> properties = properties(connect, clientId, keepAlive, expirySeconds);
    if (!takes(connect, new ConnAck(true, ReasonCode.SUCCESS, properties))) {
      refuse(connection, connect, CONNACK_TOO_LARGE);
      return;
    }
    takeOver(clientId);
    Sessions.Given given = sessions.open(connect, clientId, expirySeconds);
    Client client =
        new Client(
            connection,
            given.session(),
            connect.version(),
            keepAlive,
            Math.min(connect.receiveMaximum(), settings.receiveMaximum()),
            connect.maximumPacketSize(),
            connect.requestProblemInformation(),
            connect.bridge(),
            connect.version().isV5() ? settings.topicAliasMaximum() : 0,
            Math.min(connect.topicAliasMaximum(), settings.topicAliasMaximum()));
    connection.accepted(client);
    delivery.attach(client);
    watchKeepAlive(connection, client);
    effects.observe(
        new Event.Connected(clientId, connection.address(), description(connect, keepAlive)));
    ConnAck answer = new ConnAck(given.resumed(), ReasonCode.SUCCESS, properties);
    if (given.recorded()) {
      answers.whenDurable(connection, answer);
    } else {
      answers.inTurn(connection, answer);
    }
  }

  /// Why a client is not let in.
  private record Refusal(ReasonCode reasonCode, String why) {}

  /// What CONNACK says the client has to know: nothing of it can be left out.
  private static final Refusal CONNACK_TOO_LARGE =
      new Refusal(
          ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
          "the client's maximum packet size is too small for CONNACK");

  private Optional<Refusal> refusal(ClientConnection connection, Connect connect) {
    if (connect.authenticationMethod().isPresent()) {
      return refusal(
          ReasonCode.BAD_AUTHENTICATION_METHOD, "no authentication method is configured here");
    }
    if (!connection.listener().allowAnonymous()) {
      return connect.version().isV5() || connect.username().isEmpty()
          ? refusal(ReasonCode.NOT_AUTHORIZED, "anonymous clients are not allowed here")
          : refusal(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "no user is known here");
    }
    if (connect.clientId().isEmpty() && !mayHaveNoId(connection, connect)) {
      return refusal(
          ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "an empty client id is not allowed here");
    }
    if (!connect.version().isV5()
        && settings.keepAliveSecondsMaximum() > 0
        && settings.keepAliveSecondsMaximum() < 65535
        && (connect.keepAliveSeconds() == 0
            || connect.keepAliveSeconds() > settings.keepAliveSecondsMaximum())) {
      return refusal(
          ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
          "the keep alive is longer than " + settings.keepAliveSecondsMaximum() + " s");
    }
    Optional<Refusal> ofWill = connect.will().flatMap(this::willRefusal);
    if (ofWill.isPresent()) {
      return ofWill;
    }
    if (admission.lacksMemory() && !journal.state().sessions().containsKey(connect.clientId())) {
      return refusal(ReasonCode.QUOTA_EXCEEDED, Admission.NO_MEMORY);
    }
    return makesSession(connect) && admission.refusesNewState()
        ? refusal(ReasonCode.QUOTA_EXCEEDED, Admission.NO_SPACE)
        : Optional.empty();
  }

  /// Whether it would be given a durable session, and had none before.
  private boolean makesSession(Connect connect) {
    Session session = journal.state().sessions().get(connect.clientId());
    return expirySeconds(connect) > 0 && (session == null || !session.isDurable());
  }

  private static Optional<Refusal> refusal(ReasonCode reasonCode, String why) {
    return Optional.of(new Refusal(reasonCode, why));
  }

  private static boolean mayHaveNoId(ClientConnection connection, Connect connect) {
    boolean allowed = connection.listener().allowZeroLengthClientId();
    return switch (connect.version()) {
      case V3_1 -> false;
      case V3_1_1 -> allowed && connect.cleanStart();
      case V5 -> allowed;
    };
  }

  private Optional<Refusal> willRefusal(Will will) {
    if (will.retain() && !settings.retainAvailable()) {
      return refusal(ReasonCode.RETAIN_NOT_SUPPORTED, "retained messages are switched off here");
    }
    if (settings.messageSizeMaximum() > 0
        && will.payload().length() > settings.messageSizeMaximum()) {
      return refusal(ReasonCode.PACKET_TOO_LARGE, "the will is larger than messages may be here");
    }
    if (!Topics.isShallow(will.topic(), settings.limits().topicLevelsMax())) {
      return refusal(ReasonCode.TOPIC_NAME_INVALID, "the will's topic has too many levels");
    }
    return Topics.isForClients(will.topic())
        ? Optional.empty()
        : refusal(ReasonCode.NOT_AUTHORIZED, "only the broker publishes on " + will.topic());
  }

  private void refuse(ClientConnection connection, Connect connect, Refusal refusal) {
    ConnAck answer = ConnAck.refused(refusal.reasonCode, Optional.of(refusal.why));
    if (!connect.requestProblemInformation() || !takes(connect, answer)) {
      answer = ConnAck.refused(refusal.reasonCode, Optional.empty());
    }
    if (takes(connect, answer)) {
      effects.send(connection.id(), answer);
    }
    effects.observe(new Event.Refused(connect.clientId(), connection.address(), refusal.why));
    answers.close(connection);
  }

  /// Whether an answer to `connect` is no larger than it allows [MQTT-3.1.2-24].
  private static boolean takes(Connect connect, ConnAck answer) {
    return connect.maximumPacketSize() < 0
        || PacketEncoder.length(answer, connect.version()) <= connect.maximumPacketSize();
  }

  private String chosenId(String prefix) {
    return "%s%016X%016X".formatted(prefix, random.nextLong(), random.nextLong());
  }

  /// A client id is on one connection at a time: the older one ends [MQTT-3.1.4-3].
  private void takeOver(String clientId) {
    Session session = journal.state().sessions().get(clientId);
    Client client = session == null ? null : delivery.consumerOf(session.queue());
    if (client != null) {
      answers.disconnect(
          client.connection(),
          ReasonCode.SESSION_TAKEN_OVER,
          "another connection has this client id");
      leave(client, Parting.LOST, client.session().expirySeconds(), "session taken over");
    }
  }

  /// How long the session outlives its connection: what was asked for, or the operator's limit.
  private long expirySeconds(Connect connect) {
    long asked = askedExpirySeconds(connect);
    long maximum = settings.sessionExpirySecondsMaximum();
    return maximum < 0 ? asked : Math.min(asked, maximum);
  }

  private static long askedExpirySeconds(Connect connect) {
    if (connect.version().isV5()) {
      return Math.max(0, connect.sessionExpirySeconds());
    }
    return connect.cleanStart() ? 0 : LogRecord.NEVER_EXPIRES;
  }

  /// At 5.0 a client that wants none is given the longest, as Mosquitto does.
  private int keepAlive(Connect connect) {
    int maximum = settings.keepAliveSecondsMaximum();
    int asked = connect.keepAliveSeconds();
    boolean tooLong = asked == 0 || asked > maximum;
    return connect.version().isV5() && maximum > 0 && tooLong ? maximum : asked;
  }

  /// Those that Mosquitto 2.0 sends, in its order; then what it does not say.
  private List<ConnAck.Property> properties(
      Connect connect, String clientId, int keepAlive, long expirySeconds) {
    List<ConnAck.Property> properties = new ArrayList<>();
    if (!connect.version().isV5()) {
      return properties;
    }
    if (settings.topicAliasMaximum() > 0) {
      properties.add(new ConnAck.Property.TopicAliasMaximum(settings.topicAliasMaximum()));
    }
    if (keepAlive != connect.keepAliveSeconds()) {
      properties.add(new ConnAck.Property.ServerKeepAlive(keepAlive));
    }
    if (connect.clientId().isEmpty()) {
      properties.add(new ConnAck.Property.AssignedClientIdentifier(clientId));
    }
    if (!settings.retainAvailable()) {
      properties.add(new ConnAck.Property.RetainAvailable(false));
    }
    if (settings.maximumPacketSize() < Limits.PACKET_BYTES_MAX) {
      properties.add(new ConnAck.Property.MaximumPacketSize(settings.maximumPacketSize()));
    }
    if (settings.receiveMaximum() < 65535) {
      properties.add(new ConnAck.Property.ReceiveMaximum(settings.receiveMaximum()));
    }
    if (expirySeconds != askedExpirySeconds(connect)) {
      properties.add(new ConnAck.Property.SessionExpiryInterval(expirySeconds));
    }
    return properties;
  }

  private static String description(Connect connect, int keepAlive) {
    int protocol =
        switch (connect.version()) {
          case V3_1 -> 1;
          case V3_1_1 -> 2;
          case V5 -> 5;
        };
    String user = connect.username().map(name -> ", u'" + name + "'").orElse("");
    return "p%d, c%d, k%d%s".formatted(protocol, connect.cleanStart() ? 1 : 0, keepAlive, user);
  }

  /// A client that was silent for one and a half times its keep alive is gone [MQTT-3.1.2-22].
  private void watchKeepAlive(ClientConnection connection, Client client) {
    cancelTimer(connection);
    if (client.keepAliveSeconds() > 0) {
      long allowed = client.keepAliveSeconds() * 1500L;
      watchKeepAlive(connection, client, allowed, journal.nowMillis() + allowed);
    }
  }

  private void watchKeepAlive(
      ClientConnection connection, Client client, long allowedMillis, long atMillis) {
    connection.timer(
        timers.at(
            atMillis,
            () -> {
              if (connection.isClosing()) {
                return;
              }
              long silentUntil = connection.heardMillis() + allowedMillis;
              if (silentUntil <= journal.nowMillis()) {
                answers.disconnect(
                    connection,
                    ReasonCode.KEEP_ALIVE_TIMEOUT,
                    "nothing heard within 1.5 times keep alive");
                leave(client, Parting.LOST, client.session().expirySeconds(), "exceeded timeout");
              } else {
                watchKeepAlive(connection, client, allowedMillis, silentUntil);
              }
            }));
  }

  /// A connection that sends no CONNECT in time is closed.
  void watchForConnect(ClientConnection connection) {
    connection.timer(
        timers.at(
            journal.nowMillis() + settings.limits().idleConnectMillis(),
            () -> {
              if (!connection.isClosing()) {
                effects.observe(
                    new Event.Refused("", connection.address(), "no CONNECT came in time"));
                answers.close(connection);
              }
            }));
  }

  /// The connection is gone, and nothing watches it any more.
  void cancelTimer(ClientConnection connection) {
    Timers.Timer timer = connection.timer();
    if (timer != null) {
      timers.cancel(timer);
    }
  }

  void disconnect(ClientConnection connection, Client client, Disconnect packet) {
    long expirySeconds = client.session().expirySeconds();
    if (packet.sessionExpirySeconds() >= 0) {
      if (expirySeconds == 0 && packet.sessionExpirySeconds() > 0) {
        String why = "a session without expiry cannot get one on leaving";
        answers.disconnect(connection, ReasonCode.PROTOCOL_ERROR, why);
        leave(client, Parting.LOST, 0, why);
        return;
      }
      expirySeconds = packet.sessionExpirySeconds();
    }
    boolean clean = !client.version().isV5() || packet.reasonCode() == ReasonCode.SUCCESS;
    answers.close(connection);
    leave(client, clean ? Parting.CLEAN : Parting.LOST, expirySeconds, "");
  }

  /// The client is not behind its connection any more, whether that is closed already or about to
  /// be.
  void leave(Client client, Parting parting, long expirySeconds, String why) {
    ClientConnection connection = client.connection();
    if (delivery.consumerOf(client.session().queue()) != client) {
      return;
    }
    answers.close(connection);
    sessions.close(client, parting, expirySeconds);
    effects.observe(new Event.Disconnected(client.session().clientId(), connection.address(), why));
  }
}
