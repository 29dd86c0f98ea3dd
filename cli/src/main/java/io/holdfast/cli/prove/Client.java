package io.holdfast.cli.prove;

import io.holdfast.cli.prove.ClientSocket.BrokenProtocolException;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.Will;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client with a durable session, on a thread of its own. Goes to the broker when it is told
/// where that is. When it loses its connection because the broker ended, it waits until it is told
/// again; in every other case it comes back by itself.
public abstract sealed class Client permits PublishingClient, ConsumingClient {
  private static final int PAUSE_MILLIS = 100;

  private final String clientId;
  private final ProtocolVersion version;
  private final int receiveMaximum;
  private final Ledger ledger;
  private final Thread thread;

  /// The connection that is being read from.
  private @Nullable ClientSocket socket;

  /// One that takes over from it.
  private @Nullable ClientSocket successor;

  /// Whether the one that is being read from was accepted.
  private boolean isAccepted;

  /// Where to go next.
  private Optional<Place> next = Optional.empty();

  private boolean isWanted;

  /// Whether the connection that was read from last was closed here.
  private boolean isLeft;

  private boolean over;

  /// Whether the broker has said that it has a session for it.
  private boolean hasSession;

  Client(String clientId, ProtocolVersion version, int receiveMaximum, Ledger ledger) {
    this.clientId = clientId;
    this.version = version;
    this.receiveMaximum = receiveMaximum;
    this.ledger = ledger;
    this.thread = Thread.ofPlatform().name(clientId).daemon(true).unstarted(this::run);
  }

  public final void start() {
    thread.start();
  }

  final String clientId() {
    return clientId;
  }

  final ProtocolVersion version() {
    return version;
  }

  /// The broker is there now.
  public final synchronized void goTo(Place place) {
    next = Optional.of(place);
    isWanted = true;
    notifyAll();
  }

  /// Ends the connection without a word, and stays away until it is told to go again.
  public final synchronized void stayAway() throws IOException {
    isWanted = false;
    isLeft = true;
    next = Optional.empty();
    closeBoth();
  }

  private void closeBoth() throws IOException {
    ClientSocket second = successor;
    successor = null;
    try {
      if (second != null) {
        second.close();
      }
    } finally {
      if (socket != null) {
        socket.close();
      }
    }
  }

  /// Opens a second connection with the same client identifier, and so has the broker end the
  /// first. Goes on with it when the first has ended.
  ///
  /// @return false where the first was not accepted yet, and nothing was done
  final boolean takeOver(Place place) throws IOException {
    ClientSocket second = ClientSocket.open(place, version);
    synchronized (this) {
      if (!isAccepted || !isWanted || successor != null) {
        second.close();
        return false;
      }
      // Before the broker hears of it: it ends the first connection at once.
      successor = second;
      second.send(connect());
      second.flush();
      return true;
    }
  }

  /// Does what it is for, on a connection that has just been accepted. When it returns, it stays
  /// away.
  abstract void converse(ClientSocket connected) throws IOException;

  /// No mishap befalls it any more.
  abstract void live();

  /// The broker has forgotten the session, and with it what was agreed on.
  abstract void sessionIsNew();

  /// Takes away from the broker what it left there beside its session.
  void tidy(ClientSocket connected) throws IOException {}

  /// Ends the conversation without a word, as if the client's process had been killed.
  static final class DiedException extends IOException {
    private static final long serialVersionUID = 1;
  }

  private void run() {
    try {
      for (Optional<Place> place = awaitPlace(); place.isPresent(); place = awaitPlace()) {
        visit(place.get());
      }
    } catch (RuntimeException | Error e) {
      ledger.violation(clientId + " broke: " + e);
      throw e;
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Optional<Place> awaitPlace() throws InterruptedException {
    while (next.isEmpty() && !over) {
      wait();
    }
    Optional<Place> place = over ? Optional.empty() : next;
    next = Optional.empty();
    return place;
  }

  /// One connection, and those that take over from it.
  private void visit(Place place) throws InterruptedException {
    try {
      ClientSocket connected = open(place);
      while (true) {
        try (ClientSocket now = connected) {
          if (!admit(now)) {
            return;
          }
          accepted(now.receive(ConnAck.class));
          converse(now);
          return;
        } catch (IOException e) {
          connected = successorAfter(e);
        }
      }
    } catch (DiedException e) {
      comeBack(place);
    } catch (IOException e) {
      lost(place, e);
    } finally {
      leave();
    }
  }

  private ClientSocket open(Place place) throws IOException {
    ClientSocket connected = ClientSocket.open(place, version);
    connected.send(connect());
    connected.flush();
    return connected;
  }

  /// False where it was told to stay away meanwhile.
  private synchronized boolean admit(ClientSocket connected) {
    socket = connected;
    isAccepted = false;
    isLeft = !isWanted;
    return isWanted;
  }

  private synchronized ClientSocket successorAfter(IOException end) throws IOException {
    ClientSocket second = successor;
    successor = null;
    if (second == null) {
      throw end;
    }
    if (end instanceof BrokenProtocolException) {
      second.close();
      throw end;
    }
    return second;
  }

  private synchronized void leave() {
    socket = null;
    isAccepted = false;
  }

  private synchronized void comeBack(Place place) {
    if (isWanted && next.isEmpty() && !place.isEnding()) {
      next = Optional.of(place);
    }
  }

  private void lost(Place place, IOException why) throws InterruptedException {
    if (isBlamed(place) || why instanceof BrokenProtocolException) {
      ledger.violation("%s lost its connection: %s".formatted(clientId, why.getMessage()));
      Thread.sleep(PAUSE_MILLIS);
      comeBack(place);
    }
  }

  private synchronized boolean isBlamed(Place place) {
    return !isLeft && !place.isEnding();
  }

  private void accepted(ConnAck answer) throws IOException {
    if (answer.reasonCode() != ReasonCode.SUCCESS) {
      throw new BrokenProtocolException("refused with " + answer.reasonCode());
    }
    // MQTT 3.1 does not tell.
    if (hasSession && !answer.sessionPresent() && version != ProtocolVersion.V3_1) {
      ledger.violation(clientId + ": the broker has forgotten its session");
      sessionIsNew();
    }
    hasSession = true;
    synchronized (this) {
      isAccepted = true;
    }
  }

  private Connect connect() {
    return connect(version, clientId, false, receiveMaximum, Optional.empty());
  }

  /// Without keep alive. A session that is not clean never expires.
  public static Connect connect(
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

  /// Leaves nothing behind at the broker. For a client that has ended.
  final void forget(Place place) throws IOException {
    try (ClientSocket connected =
        ClientSocket.connect(place, version, clientId, true, Optional.empty())) {
      tidy(connected);
      connected.send(new Disconnect(ReasonCode.SUCCESS));
      connected.flush();
    }
  }

  /// Ends the client, and waits until it has.
  public final void end() throws IOException, InterruptedException {
    synchronized (this) {
      over = true;
      notifyAll();
    }
    stayAway();
    thread.join();
  }
}
