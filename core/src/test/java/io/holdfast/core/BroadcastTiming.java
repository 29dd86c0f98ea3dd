package io.holdfast.core;

import io.holdfast.log.MemoryLog;
import io.holdfast.log.MemorySnapshots;
import io.holdfast.log.RingLog;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;

/// How long the core is busy without a break with one message of 256 bytes that very many transient
/// sessions want, and how long somebody else's message waits meanwhile. The log is memory, and
/// packets are encoded for nobody.
///
/// Not a test: run its `main`, with QoS and the number of sessions as arguments.
final class BroadcastTiming implements Effects {
  private static final int PUBLISHER = 0;
  private static final int OTHER = 1;
  private static final int FIRST = 2;

  private final RingLog log = new RingLog();
  private final Broker broker = new Broker(BrokerSettings.defaults(), this, new Random(1));
  private final ByteBuffer output = ByteBuffer.allocateDirect(1 << 20);
  private final ArrayDeque<Runnable> answers = new ArrayDeque<>();
  private long delivered;
  private long othersNanos;
  private long longestNanos;

  private BroadcastTiming(int sessions, int qos) {
    broker.start(log, new MemorySnapshots(new MemoryLog(0, 1, b -> 1), List.of()), 0);
    connect(PUBLISHER, "connect p v=4 clean");
    connect(OTHER, "connect other v=4");
    packet(OTHER, "subscribe other id=1 other qos=1");
    for (int i = 0; i < sessions; i++) {
      connect(FIRST + i, "connect c%d v=4 clean".formatted(i));
      packet(FIRST + i, "subscribe c id=1 news qos=" + qos);
      turns();
    }
  }

  private void connect(int id, String command) {
    broker.connected(id, new ListenerSettings(true, -1, true, ""), "here");
    packet(id, command);
    turns();
  }

  private void packet(int id, String command) {
    Packet packet = PacketCommands.packet(Command.parse(command));
    long nanos = System.nanoTime();
    broker.packet(id, packet);
    longestNanos = Math.max(longestNanos, System.nanoTime() - nanos);
  }

  private void turns() {
    boolean more = true;
    while (more) {
      long nanos = System.nanoTime();
      more = broker.endTurn();
      longestNanos = Math.max(longestNanos, System.nanoTime() - nanos);
      if (log.durable() < log.end()) {
        log.sync();
        broker.durable();
        more = true;
      }
      // As a network would, a bounded number of answers a turn.
      for (int some = 0; some < 1000 && !answers.isEmpty(); some++) {
        answers.removeFirst().run();
        more = true;
      }
    }
  }

  private void round(int qos) {
    longestNanos = 0;
    othersNanos = 0;
    long before = delivered;
    long nanos = System.nanoTime();
    packet(PUBLISHER, "publish p news qos=%d id=1 size:256".formatted(qos));
    packet(PUBLISHER, "publish p other qos=1 id=2 size:256");
    turns();
    System.out.printf(
        "QoS %d: %,d deliveries in %d ms, the longest call took %.1f ms, the other message %.1f ms%n",
        qos,
        delivered - before,
        (System.nanoTime() - nanos) / 1_000_000,
        longestNanos / 1e6,
        (othersNanos - nanos) / 1e6);
  }

  public static void main(String[] arguments) {
    int qos = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    int sessions = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
    BroadcastTiming timing = new BroadcastTiming(sessions, qos);
    for (int round = 0; round < 20; round++) {
      timing.round(qos);
    }
  }

  @Override
  public void send(int connection, Packet packet) {
    output.clear();
    PacketEncoder.encode(packet, ProtocolVersion.V3_1_1, output);
    if (packet instanceof Publish publish) {
      if (connection == OTHER) {
        othersNanos = System.nanoTime();
      } else {
        delivered++;
      }
      if (publish.packetId() != 0) {
        int packetId = publish.packetId();
        answers.add(() -> broker.packet(connection, new PubAck(packetId, ReasonCode.SUCCESS)));
      }
    }
  }

  @Override
  public boolean isWritable(int connection) {
    return true;
  }

  @Override
  public void close(int connection) {
    throw new IllegalStateException("nobody is closed");
  }

  @Override
  public void observe(Event event) {}
}
