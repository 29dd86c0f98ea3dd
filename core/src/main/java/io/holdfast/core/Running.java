package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.Sessions.Parting;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord.Restarted;
import io.holdfast.core.record.LogRecord.WantedPart;
import io.holdfast.core.routing.RetainedMessages.Found;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.log.Log;
import io.holdfast.log.Snapshots;
import io.holdfast.protocol.codec.Decoded;
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
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The broker after recovery: each input goes to the class that decides on it.
final class Running implements DurableState.Listener {
  private final Effects effects;
  private final Journal journal;
  private final WantedSegments wanted;
  private final Timers timers = new Timers();
  private final Counters counters;
  private final Answers answers;
  private final Admission admission;
  private final SpaceWatch spaceWatch;
  private final Acknowledgements acknowledgements;
  private final Loading loading;
  private final Displacing displacing;
  private final Delivery delivery;
  private final SharedDelivery sharedDelivery;
  private final Broadcasts broadcasts;
  private final Fanout fanout;
  private final Publishing publishing;
  private final Sessions sessions;
  private final Connecting connecting;
  private final SysTopics sysTopics;
  private final RetainedDelivery retainedDelivery;
  private final Subscribing subscribing;
  private final Snapshotting snapshotting;
  private final Connections connections = new Connections();
  private long cleanedMillis;

  Running(
      BrokerSettings settings,
      Effects effects,
      RandomGenerator random,
      DurableState state,
      Log log,
      Snapshots snapshots,
      long nowMillis) {
    this.effects = effects;
    this.journal = new Journal(log, state, nowMillis);
    this.wanted = new WantedSegments(log);
    this.counters = new Counters(effects);
    this.answers = new Answers(journal, effects, this::opened);
    this.admission = new Admission(journal, answers, counters, effects);
    this.spaceWatch = new SpaceWatch(journal, effects);
    this.acknowledgements = new Acknowledgements(journal, answers, counters, settings.limits());
    FullQueues full = new FullQueues(journal, counters, effects, settings);
    this.loading = new Loading(journal, full, settings.limits().windowMax(), this::lookAgain);
    this.delivery =
        new Delivery(
            journal,
            effects,
            new Sending(journal, effects, counters),
            acknowledgements,
            loading,
            counters,
            settings.limits());
    this.displacing = new Displacing(journal, full, loading, delivery, acknowledgements);
    this.sharedDelivery = new SharedDelivery(journal, delivery, loading);
    this.broadcasts = new Broadcasts(wanted, counters, settings.limits());
    this.fanout = new Fanout(journal, delivery, broadcasts, full, settings);
    this.publishing = new Publishing(journal, answers, fanout, counters, admission, settings);
    this.sessions =
        new Sessions(
            journal,
            publishing,
            delivery,
            broadcasts,
            acknowledgements,
            counters,
            timers,
            settings);
    this.connecting =
        new Connecting(
            journal, answers, sessions, delivery, timers, admission, effects, settings, random);
    this.sysTopics =
        new SysTopics(
            journal,
            fanout,
            spaceWatch,
            counters,
            connections::count,
            settings.sysIntervalSeconds());
    this.retainedDelivery = new RetainedDelivery(journal, answers, delivery, settings);
    this.subscribing =
        new Subscribing(
            journal,
            answers,
            retainedDelivery,
            sessions,
            sysTopics,
            admission,
            effects,
            settings.limits());
    this.snapshotting = new Snapshotting(journal, snapshots, wanted, settings.limits());
  }

  /// Counts what recovery brought back, and records that everybody is away.
  void start(WantedTally tally) {
    DurableState state = journal.state();
    counters.entries = wanted.begin(tally);
    for (Optional<Found> next = state.retained().first();
        next.isPresent();
        next = state.retained().after(next.get().topic())) {
      wanted.pin(next.get().retained().position());
    }
    if (!state.sessions().isEmpty()
        || !state.wills().isEmpty()
        || !state.shared().all().isEmpty()) {
      journal.commit(new Restarted(journal.nowMillis()));
    }
    sessions.watchAll();
    timers.runUntil(journal.nowMillis());
  }

  // What durable state tells

  @Override
  public void enqueued(Queue queue) {
    SharedSubscription shared = journal.state().numbers().shared(queue.number());
    if (shared == null) {
      delivery.wake(queue);
    } else {
      sharedDelivery.wake(shared);
    }
  }

  @Override
  public void wanted(long position, int count) {
    wanted.add(position, count);
    counters.entries += count;
  }

  @Override
  public void left(long position, long count) {
    wanted.remove(position, count);
    counters.entries -= count;
  }

  @Override
  public void held(long position) {
    wanted.pin(position);
    counters.entries++;
  }

  @Override
  public void released(long position) {
    wanted.unpin(position);
    counters.entries--;
  }

  @Override
  public void pinned(long position) {
    wanted.pin(position);
  }

  @Override
  public void unpinned(long position) {
    wanted.unpin(position);
  }

  @Override
  public void wantedAsOf(long position, WantedPart part) {
    throw new IllegalStateException("broken invariant: parts of snapshots come in recovery");
  }

  /// Something of the queue is there that was not before.
  private void lookAgain(Queue queue) {
    SharedSubscription shared = journal.state().numbers().shared(queue.number());
    Client client = shared == null ? delivery.consumerOf(queue) : null;
    if (shared != null) {
      sharedDelivery.wake(shared);
    } else if (client != null) {
      delivery.ready(client);
    }
  }

  // Inputs

  void connected(int id, ListenerSettings listener, String address) {
    ClientConnection connection = new ClientConnection(id, listener, address, journal.nowMillis());
    connections.put(connection);
    connecting.watchForConnect(connection);
  }

  /// False where it is to be offered again.
  boolean packet(int id, Packet packet) {
    ClientConnection connection = connections.get(id);
    if (connection == null || connection.isClosing()) {
      return true;
    }
    connection.heard(journal.nowMillis());
    Client client = connection.clientOrNull();
    if (client != null
        && packet instanceof Publish publish
        && !publishing.publish(client, publish)) {
      return false;
    }
    counters.received(packet);
    take(connection, client, packet);
    return true;
  }

  private void take(ClientConnection connection, @Nullable Client client, Packet packet) {
    if (client == null) {
      if (packet instanceof Connect connect) {
        connecting.connect(connection, connect);
      } else {
        refuse(connection, ReasonCode.PROTOCOL_ERROR, "the first packet is not CONNECT");
      }
      return;
    }
    switch (packet) {
      case Publish taken -> {}
      case PubAck ack -> {
        acknowledgements.pubAck(client, ack.packetId(), ack.reasonCode());
        delivery.ready(client);
      }
      case PubRec received -> {
        acknowledgements.pubRec(client, received.packetId(), received.reasonCode());
        delivery.ready(client);
      }
      case PubRel release -> publishing.release(client, release.packetId());
      case PubComp complete -> {
        acknowledgements.pubComp(client, complete.packetId());
        delivery.ready(client);
      }
      case Subscribe subscribe -> subscribing.subscribe(client, subscribe);
      case Unsubscribe unsubscribe -> subscribing.unsubscribe(client, unsubscribe);
      case PingReq ping -> {
        if (client.opened) {
          effects.send(connection.id(), new PingResp());
        } else {
          answers.inTurn(connection, new PingResp());
        }
      }
      case Disconnect disconnect -> connecting.disconnect(connection, client, disconnect);
      case Auth auth ->
          refuse(connection, ReasonCode.PROTOCOL_ERROR, "AUTH without an authentication method");
      case Connect again -> refuse(connection, ReasonCode.PROTOCOL_ERROR, "a second CONNECT");
      case ConnAck ignored ->
          refuse(connection, ReasonCode.PROTOCOL_ERROR, "CONNACK from a client");
      case SubAck ignored -> refuse(connection, ReasonCode.PROTOCOL_ERROR, "SUBACK from a client");
      case UnsubAck ignored ->
          refuse(connection, ReasonCode.PROTOCOL_ERROR, "UNSUBACK from a client");
      case PingResp ignored ->
          refuse(connection, ReasonCode.PROTOCOL_ERROR, "PINGRESP from a client");
    }
  }

  void refused(int id, Decoded.Malformed malformed) {
    ClientConnection connection = connections.get(id);
    if (connection != null) {
      refuse(connection, malformed.reasonCode(), malformed.why());
    }
  }

  void refused(int id, Decoded.Malformed malformed, ProtocolVersion version) {
    ClientConnection connection = connections.get(id);
    if (connection != null
        && !connection.isClosing()
        && connection.clientOrNull() == null
        && version.isV5()) {
      effects.send(id, ConnAck.refused(malformed.reasonCode(), Optional.of(malformed.why())));
    }
    refused(id, malformed);
  }

  /// Ends a connection that broke the protocol.
  private void refuse(ClientConnection connection, ReasonCode reasonCode, String why) {
    if (connection.isClosing()) {
      return;
    }
    Client client = connection.clientOrNull();
    if (client == null) {
      effects.observe(new Event.Refused("", connection.address(), why));
      answers.close(connection);
    } else {
      effects.observe(new Event.Refused(client.session().clientId(), connection.address(), why));
      answers.disconnect(connection, reasonCode, why);
      connecting.leave(client, Parting.LOST, client.session().expirySeconds(), why);
    }
  }

  /// Answered as the specification of the version that was asked for says: 3.x clients understand a
  /// return code only.
  void refused(int id, Decoded.UnsupportedVersion version) {
    ClientConnection connection = connections.get(id);
    if (connection == null || connection.isClosing()) {
      return;
    }
    effects.observe(
        new Event.Refused(
            version.clientId().orElse(""),
            connection.address(),
            "asked for protocol '%s' level %d, which is not spoken here"
                .formatted(version.protocolName(), version.level())));
    effects.send(id, ConnAck.refused(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, Optional.empty()));
    answers.close(connection);
  }

  void disconnected(int id, String why) {
    ClientConnection connection = connections.remove(id);
    if (connection == null) {
      return;
    }
    connecting.cancelTimer(connection);
    connection.closing();
    Client client = connection.clientOrNull();
    if (client != null) {
      connecting.leave(
          client,
          Parting.LOST,
          client.session().expirySeconds(),
          connection.whyClosing().orElse(why));
    }
  }

  void writable(int id, boolean writable) {
    ClientConnection connection = connections.get(id);
    Client client = connection == null ? null : connection.clientOrNull();
    if (client == null || client.connection().isClosing()) {
      return;
    }
    if (writable) {
      delivery.ready(client);
    } else {
      delivery.refresh(client);
    }
  }

  double takeFullness(int id) {
    ClientConnection connection = connections.get(id);
    Client client = connection == null ? null : connection.clientOrNull();
    if (client == null) {
      return 0;
    }
    double fullness = client.fullness;
    client.fullness = 0;
    return fullness;
  }

  void memory(boolean isLacking) {
    admission.memory(isLacking);
  }

  long kept() {
    DurableState state = journal.state();
    return state.sessions().size() + state.subscriptionCount() + state.retained().count();
  }

  void heard(int id) {
    ClientConnection connection = connections.get(id);
    if (connection != null) {
      connection.heard(journal.nowMillis());
    }
  }

  private void opened(Client client) {
    delivery.opened(client);
  }

  void durable() {
    sessions.durable();
    retainedDelivery.settled();
    loading.goOn();
    answers.durableUpTo(journal.log().durable());
    delivery.durable();
  }

  void readable() {
    loading.goOn();
    delivery.readable();
  }

  void time(long nowMillis) {
    journal.time(nowMillis);
    timers.runUntil(journal.nowMillis());
    admission.time();
    spaceWatch.time();
    sysTopics.time();
    fanout.clearExpired();
    if (journal.nowMillis() - cleanedMillis >= 1000) {
      cleanedMillis = journal.nowMillis();
      loading.forgetUnattended();
      long goneBefore = wanted.discardUnwanted(snapshotting.snapshots().stateNeededFrom());
      journal.state().router().forgetSetsBefore(goneBefore);
    }
  }

  boolean endTurn() {
    sharedDelivery.assign();
    retainedDelivery.goOn();
    boolean more = delivery.serve(fanout.goOn(), this::served);
    more |= sharedDelivery.isAwake() || retainedDelivery.isAwake() || !broadcasts.isEmpty();
    more |= displacing.goOn();
    more |= acknowledgements.recordAll(journal.hasAppended());
    more |= snapshotting.step();
    journal.turnEnded();
    return more;
  }

  private void served(Session session) {
    sharedDelivery.wakeAllOf(session);
    retainedDelivery.wake(session);
  }

  boolean awaitsSettled() {
    return loading.isWaiting() || retainedDelivery.isWaiting();
  }

  int timers() {
    return timers.count();
  }

  void stop() {
    for (ClientConnection connection : connections.all()) {
      String why = "the broker stops";
      answers.disconnect(connection, ReasonCode.SERVER_SHUTTING_DOWN, why);
      connection
          .client()
          .ifPresent(client ->
              connecting.leave(client, Parting.STOPPED, client.session().expirySeconds(), why));
    }
    for (Session session : journal.state().sessions().values()) {
      Invariant.check(
          delivery.consumerOf(session.queue()) == null, "nobody is connected after the end");
    }
  }
}
