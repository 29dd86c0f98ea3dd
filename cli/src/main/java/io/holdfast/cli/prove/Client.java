package io.holdfast.cli.prove;

import io.holdfast.cli.prove.ClientSocket.BrokenProtocolException;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.Will;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client with a durable session, on a thread of its own. Goes to the broker when it is told
/// where that is, and when its connection is lost it waits until it is told again.
abstract class Client {
  private final String clientId;
  private final ProtocolVersion version;
  private final int receiveMaximum;
  private final Ledger ledger;
  private final Thread thread;
  private @Nullable ClientSocket socket;

  /// Where to go next, 0 for nowhere.
  private int port;

  private boolean isWanted;
  private boolean over;

  /// Whose loss is nobody's fault.
  private final Set<Integer> gonePorts = new HashSet<>();

  /// Whether the broker has said that it has a session for it.
  private boolean hasSession;

  Client(String clientId, ProtocolVersion version, int receiveMaximum, Ledger ledger) {
    this.clientId = clientId;
    this.version = version;
    this.receiveMaximum = receiveMaximum;
    this.ledger = ledger;
    this.thread = Thread.ofPlatform().name(clientId).daemon(true).unstarted(this::run);
  }

  final void start() {
    thread.start();
  }

  final String clientId() {
    return clientId;
  }

  final ProtocolVersion version() {
    return version;
  }

  /// The broker is there now.
  final synchronized void goTo(int brokerPort) {
    port = brokerPort;
    isWanted = true;
    gonePorts.remove(brokerPort);
    notifyAll();
  }

  /// The broker that is there is about to be gone.
  final synchronized void expectLoss(int brokerPort) {
    gonePorts.add(brokerPort);
  }

  /// Ends the connection without a word, and stays away until it is told to go again.
  final synchronized void stayAway() throws IOException {
    isWanted = false;
    port = 0;
    if (socket != null) {
      socket.close();
    }
  }

  /// Does what it is for, on a connection that has just been accepted. When it returns, it stays
  /// away.
  abstract void converse(ClientSocket connected) throws IOException;

  private void run() {
    try {
      for (int next = awaitPort(); next != 0; next = awaitPort()) {
        visit(next);
      }
    } catch (RuntimeException | Error e) {
      ledger.violation(clientId + " broke: " + e);
      throw e;
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int awaitPort() throws InterruptedException {
    while (port == 0 && !over) {
      wait();
    }
    int next = over ? 0 : port;
    port = 0;
    return next;
  }

  private void visit(int brokerPort) {
    try (ClientSocket connected = ClientSocket.open(brokerPort, version)) {
      if (!admit(connected)) {
        return;
      }
      connected.send(connect());
      connected.flush();
      accepted(connected.receive(ConnAck.class));
      converse(connected);
    } catch (BrokenProtocolException e) {
      ledger.violation(clientId + ": " + e.getMessage());
    } catch (IOException e) {
      lost(brokerPort, e);
    } finally {
      admit(null);
    }
  }

  /// False where it was told to stay away meanwhile.
  private synchronized boolean admit(@Nullable ClientSocket connected) {
    socket = connected;
    return isWanted;
  }

  private synchronized void lost(int brokerPort, IOException why) {
    if (isWanted && !gonePorts.contains(brokerPort)) {
      ledger.violation(clientId + " lost its connection, though nobody ended it: " + why);
    }
  }

  private void accepted(ConnAck answer) {
    if (answer.reasonCode() != ReasonCode.SUCCESS) {
      ledger.violation(clientId + " is refused: " + answer);
    } else if (hasSession && !answer.sessionPresent() && version != ProtocolVersion.V3_1) {
      ledger.violation(clientId + " has lost its session");
    }
    hasSession = true;
  }

  private Connect connect() {
    return connect(version, clientId, false, receiveMaximum, Optional.empty());
  }

  /// Without keep alive. A session that is not clean never expires.
  static Connect connect(
      ProtocolVersion version,
      String clientId,
      boolean clean,
      int receiveMaximum,
      Optional<Will> will) {
    return new Connect(
        version,
        false,
        clientId,
        clean,
        0,
        will,
        Optional.empty(),
        Optional.empty(),
        version.isV5() && !clean ? 0xFFFFFFFFL : -1,
        receiveMaximum,
        -1,
        version.isV5() ? 10 : 0,
        false,
        true,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /// Ends the client, and waits until it has.
  final void end() throws IOException, InterruptedException {
    synchronized (this) {
      over = true;
      notifyAll();
    }
    stayAway();
    thread.join();
  }
}
