package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.record.ContentHash;
import io.holdfast.core.record.LogRecord.Released;
import io.holdfast.core.record.LogRecord.Source;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.Will;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Takes messages from publishers at all three levels of QoS, and answers them.
final class Publishing {
  /// What a record has beside the message, at most, but for its targets' set.
  static final int RECORD_BYTES = 256;

  private final Journal journal;
  private final Answers answers;
  private final Fanout fanout;
  private final Counters counters;
  private final Admission admission;
  private final BrokerSettings settings;

  Publishing(
      Journal journal,
      Answers answers,
      Fanout fanout,
      Counters counters,
      Admission admission,
      BrokerSettings settings) {
    this.journal = journal;
    this.answers = answers;
    this.fanout = fanout;
    this.counters = counters;
    this.admission = admission;
    this.settings = settings;
  }

  /// Why a message is not accepted.
  private record Refusal(ReasonCode reasonCode, String why) {}

  /// Takes a message, or refuses it. False where it is to be offered again.
  boolean publish(Client client, Publish packet) {
    ClientConnection connection = client.connection();
    Bytes topic = topic(client, packet);
    if (topic == null) {
      return true;
    }
    if (packet.retain() && !settings.retainAvailable()) {
      answers.disconnect(
          connection, ReasonCode.RETAIN_NOT_SUPPORTED, "retained messages are switched off here");
      return true;
    }
    Optional<Refusal> refusal = refusal(topic, packet.payload());
    if (refusal.isPresent()) {
      refuse(client, packet, refusal.get());
      return true;
    }
    int bytes = topic.length() + packet.passedOn().length() + packet.payload().length();
    if (client.mustComeAgain
        || settings.queueLimit().mayReject()
        || admission.lacksMemory()
        || !admission.grants(bytes + RECORD_BYTES)) {
      Admission.Verdict verdict = judge(client, packet, topic, bytes + RECORD_BYTES);
      if (verdict != Admission.Verdict.TAKEN) {
        return verdict != Admission.Verdict.WITHHELD;
      }
    }
    client.withheldSinceMillis = -1;
    take(client, packet, topic);
    return true;
  }

  private void take(Client client, Publish packet, Bytes topic) {
    switch (packet.qos()) {
      case AT_MOST_ONCE -> accept(client, packet, topic, Optional.empty());
      case AT_LEAST_ONCE -> atLeastOnce(client, packet, topic);
      case EXACTLY_ONCE -> exactlyOnce(client, packet, topic);
    }
  }

  private Admission.Verdict judge(Client client, Publish packet, Bytes topic, int bytes) {
    if (!client.mustComeAgain && !needsRecord(client, packet, topic, bytes)) {
      return Admission.Verdict.TAKEN;
    }
    Admission.Verdict verdict = admission.judge(client, packet.qos(), bytes);
    String why = Admission.NO_SPACE;
    double fullness = fanout.fullness(packet.qos(), topic, client.session());
    client.fullness = Math.max(client.fullness, fullness);
    if (verdict == Admission.Verdict.TAKEN && fullness >= 1) {
      verdict = admission.judgeFull(client, packet.qos(), roomFor(client, packet.qos(), topic));
      why = FullQueues.REFUSAL;
    }
    if (verdict == Admission.Verdict.TAKEN && isNewTopic(packet, topic)) {
      verdict = admission.judgeNewTopic(client, packet.qos());
      why = Admission.NO_MEMORY;
    }
    if (verdict == Admission.Verdict.REFUSED) {
      answerNo(client, packet, new Refusal(ReasonCode.QUOTA_EXCEEDED, why));
    }
    return verdict;
  }

  private boolean isNewTopic(Publish packet, Bytes topic) {
    return packet.retain()
        && packet.payload().length() > 0
        && journal.state().retained().get(topic.toUtf8()).isEmpty();
  }

  /// Says later whether the queues would take the message.
  private BooleanSupplier roomFor(Client client, QoS qos, Bytes topic) {
    Bytes kept = topic.copy();
    return () -> fanout.fullness(qos, kept, client.session()) < 1;
  }

  /// A duplicate at QoS 2 needs none.
  private boolean needsRecord(Client client, Publish packet, Bytes topic, int bytes) {
    if (packet.qos() == QoS.EXACTLY_ONCE) {
      Session session = client.session();
      Long open = session.openReceived().get(packet.packetId());
      if (open != null && open == ContentHash.of(topic, packet.payload())) {
        return false;
      }
      if (session.isDurable()) {
        return true;
      }
    }
    return fanout.needsRecord(packet.qos(), packet.retain(), topic, bytes, client.session());
  }

  /// The packet's topic, or the one that its alias stands for. None where it broke the rules of
  /// aliases, and the connection is ended.
  private @Nullable Bytes topic(Client client, Publish packet) {
    int alias = packet.topicAlias();
    if (alias == 0) {
      return packet.topic();
    }
    if (!client.takesAlias(alias)) {
      answers.disconnect(
          client.connection(),
          ReasonCode.TOPIC_ALIAS_INVALID,
          "topic alias above the topic alias maximum");
      return null;
    }
    if (!packet.topic().isEmpty()) {
      client.aliasIn(alias, packet.topic());
      return packet.topic();
    }
    Bytes known = client.aliasIn(alias);
    if (known == null) {
      answers.disconnect(
          client.connection(), ReasonCode.PROTOCOL_ERROR, "topic alias was never set");
    }
    return known;
  }

  private Optional<Refusal> refusal(Bytes topic, Bytes payload) {
    if (settings.messageSizeMaximum() > 0 && payload.length() > settings.messageSizeMaximum()) {
      return Optional.of(
          new Refusal(
              ReasonCode.QUOTA_EXCEEDED,
              "messages of more than "
                  + settings.messageSizeMaximum()
                  + " bytes are not accepted"));
    }
    if (!Topics.isShallow(topic, settings.limits().topicLevelsMax())) {
      return Optional.of(
          new Refusal(
              ReasonCode.TOPIC_NAME_INVALID,
              "topics of more than " + settings.limits().topicLevelsMax() + " levels"));
    }
    return Topics.isForClients(topic)
        ? Optional.empty()
        : Optional.of(
            new Refusal(ReasonCode.NOT_AUTHORIZED, "only the broker publishes on " + topic));
  }

  /// Before 5.0 there is no answer that says no, and one that says yes would be false: the
  /// connection ends [MQTT-3.3.5-2].
  private void refuse(Client client, Publish packet, Refusal refusal) {
    counters.dropped(client.session().clientId(), Event.Reason.REFUSED, 1);
    if (packet.qos() == QoS.AT_MOST_ONCE) {
      return;
    }
    if (client.version().isV5()) {
      answerNo(client, packet, refusal);
    } else {
      answers.disconnect(client.connection(), refusal.reasonCode, refusal.why);
    }
  }

  private void answerNo(Client client, Publish packet, Refusal refusal) {
    if (!quota(client)) {
      return;
    }
    Packet answer = refused(packet, refusal.reasonCode, Optional.of(refusal.why));
    boolean says = client.wantsProblems() && client.takes(answer); // [MQTT-3.4.2-2, -3.5.2-2]
    answers.inTurn(
        client.connection(), says ? answer : refused(packet, refusal.reasonCode, Optional.empty()));
  }

  private static Packet refused(Publish packet, ReasonCode reasonCode, Optional<String> why) {
    return packet.qos() == QoS.AT_LEAST_ONCE
        ? new PubAck(packet.packetId(), reasonCode, why, List.of())
        : new PubRec(packet.packetId(), reasonCode, why, List.of());
  }

  /// A client must not have more unanswered messages on their way than its receive maximum allows
  /// [MQTT-3.3.4-9].
  private boolean quota(Client client) {
    client.receiving++;
    if (client.version().isV5() && client.receiving > settings.receiveMaximum()) {
      answers.disconnect(
          client.connection(),
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
          "more than " + settings.receiveMaximum() + " messages in flight");
      return false;
    }
    return true;
  }

  private void atLeastOnce(Client client, Publish packet, Bytes topic) {
    if (!quota(client)) {
      return;
    }
    Fanout.Accepted accepted = accept(client, packet, topic, Optional.empty());
    PubAck answer = new PubAck(packet.packetId(), success(accepted));
    if (accepted.mustBeDurable()) {
      answers.whenDurable(client.connection(), answer);
    } else {
      answers.inTurn(client.connection(), answer);
    }
  }

  private static ReasonCode success(Fanout.Accepted accepted) {
    return accepted.isWanted() ? ReasonCode.SUCCESS : ReasonCode.NO_MATCHING_SUBSCRIBERS;
  }

  /// An open identifier with the same content is a duplicate, and answered; with other content it
  /// is a client that lost its memory, and the message is new.
  private void exactlyOnce(Client client, Publish packet, Bytes topic) {
    Session session = client.session();
    int packetId = packet.packetId();
    Long open = session.openReceived().get(packetId);
    boolean counts = open == null || client.comesAgain(packetId);
    if (counts && !quota(client)) {
      return;
    }
    long hash = ContentHash.of(topic, packet.payload());
    if (open != null && open == hash) {
      answers.again(session, client.connection(), new PubRec(packetId));
      return;
    }
    Optional<Source> source =
        session.isDurable()
            ? Optional.of(new Source(session.queueNumber(), packetId, hash))
            : Optional.empty();
    Fanout.Accepted accepted = accept(client, packet, topic, source);
    if (!session.isDurable()) {
      session.opened(packetId, hash);
    }
    PubRec answer = new PubRec(packetId, success(accepted));
    if (accepted.mustBeDurable()) {
      answers.whenDurable(client.connection(), answer);
    } else {
      answers.inTurn(client.connection(), answer);
    }
  }

  private Fanout.Accepted accept(
      Client client, Publish packet, Bytes topic, Optional<Source> source) {
    return fanout.accept(
        packet.qos(),
        packet.retain(),
        packet.messageExpirySeconds(),
        source,
        Optional.empty(),
        topic,
        packet.passedOn(),
        packet.payload(),
        client.session());
  }

  void release(Client client, int packetId) {
    Session session = client.session();
    if (!session.openReceived().containsKey(packetId)) {
      PubComp unknown = new PubComp(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
      answers.again(session, client.connection(), unknown);
    } else if (session.isDurable()) {
      journal.commit(new Released(session.queueNumber(), new int[] {packetId}));
      answers.whenDurable(client.connection(), new PubComp(packetId));
    } else {
      session.released(packetId);
      answers.inTurn(client.connection(), new PubComp(packetId));
    }
  }

  /// Whether somebody wants a will for whom it has to be kept, and there is no space for it now.
  boolean postponesWill(Will will, @Nullable Session publisher) {
    boolean retain = will.retain() && settings.retainAvailable();
    int bytes =
        will.topic().length() + will.passedOn().length() + will.payload().length() + RECORD_BYTES;
    return fanout.needsRecord(will.qos(), retain, will.topic(), bytes, publisher)
        && admission.postponesWill(bytes);
  }

  /// Publishes a client's will, and removes it with the same record.
  void publishWill(String clientId, Will will, @Nullable Session publisher) {
    fanout.accept(
        will.qos(),
        will.retain() && settings.retainAvailable(),
        will.messageExpirySeconds(),
        Optional.empty(),
        Optional.of(clientId),
        will.topic(),
        will.passedOn(),
        will.payload(),
        publisher);
  }
}
