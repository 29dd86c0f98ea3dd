package io.holdfast.cli.prove;

import io.holdfast.cli.prove.ClientSocket.BrokenProtocolException;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import java.io.IOException;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Publishes numbered messages, a window of them at once, at QoS 1 and QoS 2 by chance. What was
/// not answered when a connection ended is sent again on the next one, as MQTT has it: in its
/// order, with DUP and the same packet identifier, or as PUBREL.
public final class PublishingClient extends Client {
  private static final int WINDOW = 20;

  /// Few more than the window, so that they are used again soon.
  private static final int PACKET_IDS = 24;

  private final int index;
  private final Numbering numbering;
  private final List<QoS> levels;
  private final Ledger ledger;
  private final Random random;
  private final Mishap mishap;
  private final Map<QoS, Integer> nextNumber = new EnumMap<>(QoS.class);
  private final Map<Integer, Unfinished> unfinished = new LinkedHashMap<>();
  private final BitSet usedIds = new BitSet();
  private int lastId;

  /// How many messages it may begin.
  private int mayBegin = Integer.MAX_VALUE;

  private boolean isDone;

  /// @param index which of the publishers it is in the ledger
  /// @param levels at which it publishes
  /// @param mishap whether it dies when it has sent something that was not answered
  PublishingClient(
      String clientId,
      int index,
      ProtocolVersion version,
      Numbering numbering,
      List<QoS> levels,
      Ledger ledger,
      Random random,
      Mishap mishap) {
    super(clientId, version, WINDOW, ledger);
    this.index = index;
    this.numbering = numbering;
    this.levels = List.copyOf(levels);
    this.ledger = ledger;
    this.random = random;
    this.mishap = mishap;
  }

  /// At both levels, and as long as it may.
  public PublishingClient(
      int index, ProtocolVersion version, Numbering numbering, Ledger ledger, Random random) {
    this(
        "publisher-" + index,
        index,
        version,
        numbering,
        List.of(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE),
        ledger,
        random,
        Mishap.never());
  }

  /// @param isReleased whether its PUBREC came, so that only PUBREL is sent for it
  private record Unfinished(Numbered message, boolean isReleased) {}

  /// Begins `count` messages more, and finishes what is begun.
  public synchronized void endAfter(int count) {
    mayBegin = count;
    isDone = false;
  }

  private synchronized boolean mayBegin() {
    return mayBegin > 0;
  }

  /// Waits until it has heard every answer. False where that takes more than `millis`.
  public synchronized boolean awaitDone(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (!isDone) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  private synchronized void done() {
    isDone = true;
    notifyAll();
  }

  @Override
  void live() {
    mishap.end();
  }

  @Override
  void sessionIsNew() {
    // Those were acknowledged, and the broker does not know them any more.
    unfinished.entrySet().removeIf(entry -> entry.getValue().isReleased());
    usedIds.clear();
    unfinished.keySet().forEach(usedIds::set);
  }

  @Override
  void converse(ClientSocket connected) throws IOException {
    resend(connected);
    while (!unfinished.isEmpty() || mayBegin()) {
      while (unfinished.size() < WINDOW && mayBegin()) {
        publishNext(connected);
      }
      flush(connected);
      do {
        if (!unfinished.isEmpty()) {
          answered(connected, connected.receive());
        }
      } while (connected.hasInput());
    }
    connected.send(new Disconnect(ReasonCode.SUCCESS));
    connected.flush();
    done();
  }

  private void resend(ClientSocket connected) throws IOException {
    for (Map.Entry<Integer, Unfinished> entry : unfinished.entrySet()) {
      int packetId = entry.getKey();
      Numbered message = entry.getValue().message();
      if (entry.getValue().isReleased()) {
        connected.send(new PubRel(packetId));
      } else {
        ledger.sent(message);
        connected.send(numbering.publish(message, true, packetId));
      }
    }
  }

  private void publishNext(ClientSocket connected) throws IOException {
    QoS level = levels.get(random.nextInt(levels.size()));
    Numbered message = Numbered.of(index, level, nextNumber.merge(level, 1, Integer::sum) - 1);
    begun();
    int packetId = freeId();
    unfinished.put(packetId, new Unfinished(message, false));
    ledger.sent(message);
    connected.send(numbering.publish(message, false, packetId));
  }

  private synchronized void begun() {
    mayBegin--;
  }

  private int freeId() {
    do {
      lastId = lastId % PACKET_IDS + 1;
    } while (usedIds.get(lastId));
    usedIds.set(lastId);
    return lastId;
  }

  private void flush(ClientSocket connected) throws IOException {
    if (mishap.strikes()) {
      if (random.nextBoolean()) {
        connected.flush();
      }
      throw new DiedException();
    }
    connected.flush();
  }

  private void answered(ClientSocket connected, Packet answer) throws IOException {
    switch (answer) {
      case PubAck ack -> {
        answered(ack.packetId(), ack.reasonCode(), QoS.AT_LEAST_ONCE);
        finished(ack.packetId());
      }
      case PubRec received -> {
        Numbered message = answered(received.packetId(), received.reasonCode(), QoS.EXACTLY_ONCE);
        if (received.reasonCode().isFailure()) {
          finished(received.packetId());
        } else {
          unfinished.put(received.packetId(), new Unfinished(message, true));
          connected.send(new PubRel(received.packetId()));
          flush(connected);
        }
      }
      case PubComp complete -> {
        if (!open(complete.packetId()).isReleased()) {
          throw new BrokenProtocolException("PUBCOMP without PUBREL for " + complete.packetId());
        }
        finished(complete.packetId());
      }
      default -> throw new BrokenProtocolException("a publisher was sent " + answer);
    }
  }

  private Numbered answered(int packetId, ReasonCode reasonCode, QoS qos)
      throws BrokenProtocolException {
    Numbered message = open(packetId).message();
    if (Numbered.qos(message.stream()) != qos) {
      throw new BrokenProtocolException("%s was answered at %s".formatted(message, qos));
    }
    if (reasonCode.isFailure()) {
      ledger.refused(message);
    } else {
      ledger.acknowledged(message);
    }
    return message;
  }

  private Unfinished open(int packetId) throws BrokenProtocolException {
    Unfinished open = unfinished.get(packetId);
    if (open == null) {
      throw new BrokenProtocolException(
          "an answer for packet id %d, which is free".formatted(packetId));
    }
    return open;
  }

  private void finished(int packetId) {
    unfinished.remove(packetId);
    usedIds.clear(packetId);
  }
}
