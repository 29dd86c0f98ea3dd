package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/// Keeps a window of QoS 1 messages unacknowledged: every PUBACK lets one more out.
final class Publisher extends Client {
  private static final int PACKET_IDS = 65_535;

  private final PublishTemplate template;
  private final Tally tally;

  /// When a message was sent, by its sequence modulo the window.
  private final long[] sentNanos;

  private boolean isPublishing;
  private long sent;
  private long acknowledged;
  private long readNanos;

  Publisher(
      Channel channel,
      MqttVersion version,
      String clientId,
      Watcher watcher,
      PublishTemplate template,
      int window,
      Tally tally) {
    super(channel, version, clientId, false, watcher);
    this.template = template;
    this.tally = tally;
    this.sentNanos = new long[window];
  }

  void start() {
    isPublishing = true;
    fillWindow();
  }

  void stop() {
    isPublishing = false;
  }

  long sent() {
    return sent;
  }

  long acknowledged() {
    return acknowledged;
  }

  @Override
  void connected() {
    ready();
  }

  @Override
  void received(int first, ByteBuf input, int body, int end) {
    if (first != Wire.PUBACK << 4) {
      trouble("a packet of type " + (first >>> 4) + " for a client that only publishes");
      return;
    }
    int packetId = input.getUnsignedShort(body);
    int due = packetId(acknowledged);
    if (acknowledged == sent || packetId != due) {
      // Acknowledgements come in the order of the publishes [MQTT-4.6.0-2].
      trouble("PUBACK for %d where %d was due".formatted(packetId, due));
      return;
    }
    if (end - body > 2 && input.getUnsignedByte(body + 2) >= 0x80) {
      trouble("PUBACK with code " + input.getUnsignedByte(body + 2));
      return;
    }
    if (readNanos == 0) {
      readNanos = System.nanoTime();
    }
    tally.acknowledged(readNanos - sentNanos[(int) (acknowledged % sentNanos.length)]);
    acknowledged++;
  }

  @Override
  void receivedAll() {
    readNanos = 0;
    if (isPublishing) {
      fillWindow();
    }
  }

  private void fillWindow() {
    int count = (int) (acknowledged + sentNanos.length - sent);
    if (count == 0) {
      return;
    }
    ByteBuf output = output(count * template.length());
    long now = System.nanoTime();
    for (int i = 0; i < count; i++) {
      template.appendTo(output, packetId(sent), sent, now);
      sentNanos[(int) (sent % sentNanos.length)] = now;
      sent++;
    }
    flushOutput();
  }

  private static int packetId(long sequence) {
    return (int) (sequence % PACKET_IDS) + 1;
  }
}
