package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.ReasonCode;
import java.util.function.Consumer;

/// Says things to clients, each when it may be said. Answers to one connection never overtake each
/// other.
final class Answers {
  private static final int PACKET_IDS = 65535;

  private final Journal journal;
  private final Effects effects;
  private final DurabilityGate gate = new DurabilityGate();
  private final Consumer<Client> opened;

  /// The durable position that was last told of. The log's own may be ahead of it already, and what
  /// is held up to there has not gone out.
  private long durable;

  /// @param opened told of each client whose CONNACK went out with success
  Answers(Journal journal, Effects effects, Consumer<Client> opened) {
    this.journal = journal;
    this.effects = effects;
    this.opened = opened;
    this.durable = journal.log().durable();
  }

  /// Answers once everything appended so far is durable: also for what appends nothing itself,
  /// since state that is applied is not yet state that is safe.
  void whenDurable(ClientConnection to, Packet answer) {
    long end = journal.log().end();
    if (end <= durable) {
      say(to, answer);
    } else {
      gate.hold(end, to, answer);
    }
  }

  /// Answers now, or right behind what the connection waits for already.
  void inTurn(ClientConnection to, Packet answer) {
    if (gate.holdsFor(to)) {
      gate.holdBehind(to, answer);
    } else {
      say(to, answer);
    }
  }

  /// Answers what appended nothing, but rests on what was said before: of a durable session that
  /// may have been said to an earlier connection, and not be safe yet.
  void again(Session session, ClientConnection to, Packet answer) {
    if (session.isDurable()) {
      whenDurable(to, answer);
    } else {
      inTurn(to, answer);
    }
  }

  void durableUpTo(long position) {
    durable = position;
    gate.durableUpTo(position, this::say);
  }

  private void say(ClientConnection to, Packet answer) {
    if (to.isClosing()) {
      return;
    }
    effects.send(to.id(), answer);
    Client client = to.clientOrNull();
    if (client == null) {
      return;
    }
    switch (answer) {
      case PubAck ack -> client.receiving--;
      case PubComp completed -> client.receiving = Math.max(-PACKET_IDS, client.receiving - 1);
      case PubRec received when received.reasonCode().isFailure() -> client.receiving--;
      case ConnAck connAck -> {
        client.opened = true;
        opened.accept(client);
      }
      default -> {}
    }
  }

  /// Ends a connection from our side: at 5.0 with a DISCONNECT that says why.
  void disconnect(ClientConnection connection, ReasonCode reasonCode, String why) {
    if (connection.isClosing()) {
      return;
    }
    Client client = connection.clientOrNull();
    if (client != null && client.version().isV5() && client.opened) {
      Disconnect reason = new Disconnect(reasonCode, why);
      boolean says = client.wantsProblems() && client.takes(reason);
      effects.send(connection.id(), says ? reason : new Disconnect(reasonCode));
    }
    connection.closing(why);
    effects.close(connection.id());
  }

  void close(ClientConnection connection) {
    if (!connection.isClosing()) {
      connection.closing();
      effects.close(connection.id());
    }
  }
}
