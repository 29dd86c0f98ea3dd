package io.holdfast.core;

import com.sun.management.ThreadMXBean;
import io.holdfast.log.MemoryLog;
import io.holdfast.log.MemorySnapshots;
import io.holdfast.log.RingLog;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/// What a message of 256 bytes costs in core and codec, from the publisher's bytes to the
/// subscriber's and back to both acknowledgements, with a log that is memory and a network that is
/// nothing.
///
/// Not a test: run its `main`, with QoS and `durable` or `transient` as arguments.
final class PublishTiming implements Effects {
  private static final int BATCH = 50;
  private static final int PUBLISHER = 0;
  private static final int SUBSCRIBER = 1;

  private final RingLog log = new RingLog();
  private final Broker broker = new Broker(BrokerSettings.defaults(), this, new Random(1));
  private final ByteBuffer output = ByteBuffer.allocateDirect(1 << 20);
  private final PacketDecoder fromPublisher = new PacketDecoder(1 << 20);
  private final PacketDecoder fromSubscriber = new PacketDecoder(1 << 20);
  private final ByteBuffer publishes = ByteBuffer.allocateDirect(1 << 20);
  private final ByteBuffer answers = ByteBuffer.allocateDirect(1 << 20);
  private long delivered;
  private long acknowledged;

  private PublishTiming(int qos, boolean durable) {
    broker.start(log, new MemorySnapshots(new MemoryLog(0, 1, b -> 1), List.of()), 0);
    connect(PUBLISHER, fromPublisher, "connect p v=4 clean");
    connect(SUBSCRIBER, fromSubscriber, durable ? "connect s v=4" : "connect s v=4 clean");
    packet(SUBSCRIBER, fromSubscriber, "subscribe s id=1 sensors/+/temperature qos=" + qos);
    turn();
    for (int i = 0; i < BATCH; i++) {
      encode("publish p sensors/17/temperature qos=%d id=%d size:256".formatted(qos, i + 1));
    }
    publishes.flip();
  }

  private void encode(String command) {
    PacketEncoder.encode(
        PacketCommands.packet(Command.parse(command)), ProtocolVersion.V3_1_1, publishes);
  }

  private void connect(int id, PacketDecoder decoder, String command) {
    broker.connected(id, new ListenerSettings(true, -1, true, ""), "here");
    packet(id, decoder, command);
    turn();
  }

  private void packet(int id, PacketDecoder decoder, String command) {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    PacketEncoder.encode(
        PacketCommands.packet(Command.parse(command)), ProtocolVersion.V3_1_1, bytes);
    feed(id, decoder, bytes.flip());
  }

  private void feed(int id, PacketDecoder decoder, ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (decoder.decode(bytes) instanceof Decoded.Complete complete) {
        broker.packet(id, complete.packet());
      } else {
        throw new IllegalStateException("whole packets only");
      }
    }
  }

  private void turn() {
    output.clear();
    while (broker.endTurn()) {
      output.clear();
    }
    log.sync();
    broker.durable();
    while (broker.endTurn()) {
      output.clear();
    }
  }

  /// A batch of messages, and their acknowledgements.
  private void round() {
    feed(PUBLISHER, fromPublisher, publishes.rewind());
    turn();
    while (answers.position() > 0) {
      answers.flip();
      ByteBuffer read = answers.slice();
      answers.clear();
      answers.position(read.limit());
      feed(SUBSCRIBER, fromSubscriber, read);
      compact(read.limit());
      turn();
    }
  }

  private void compact(int read) {
    answers.flip();
    answers.position(read);
    answers.compact();
  }

  public static void main(String[] arguments) {
    int qos = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
    boolean durable = arguments.length < 2 || arguments[1].equals("durable");
    PublishTiming timing = new PublishTiming(qos, durable);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int round = 0; round < 8; round++) {
      long bytes = threads.getCurrentThreadAllocatedBytes();
      long nanos = System.nanoTime();
      long before = timing.delivered;
      while (System.nanoTime() - nanos < 1_000_000_000L) {
        for (int i = 0; i < 100; i++) {
          timing.round();
        }
      }
      nanos = System.nanoTime() - nanos;
      bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
      long messages = timing.delivered - before;
      System.out.printf(
          "QoS %d, %s: %,d messages/s, %d ns and %d bytes each%n",
          qos,
          durable ? "durable" : "transient",
          messages * 1_000_000_000L / nanos,
          nanos / messages,
          bytes / messages);
    }
    System.out.println("acknowledged " + timing.acknowledged);
  }

  @Override
  public void send(int connection, Packet packet) {
    if (output.remaining() < 1024) {
      output.clear();
    }
    PacketEncoder.encode(packet, ProtocolVersion.V3_1_1, output);
    if (connection == SUBSCRIBER && packet instanceof Publish publish) {
      delivered++;
      if (publish.packetId() != 0) {
        answers.put((byte) 0x40).put((byte) 2).putShort((short) publish.packetId());
      }
    } else if (connection == PUBLISHER) {
      acknowledged++;
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
