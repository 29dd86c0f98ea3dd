package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/// Keeps a window of QoS 1 messages unacknowledged, as far as its pace allows: every PUBACK lets
/// one more out. Its topics take turns.
final class Publisher extends Client {
  private static final int PACKET_IDS = 65_535;

  private final PublishTemplate[] templates;
  private final Tally tally;

  /// When a message was sent, by its sequence modulo the window.
  private final long[] sentNanos;

  private Pace pace = Pace.UNLIMITED;
  private long pacedFrom;
  private long until;
  private Runnable whenAcknowledged = () -> {};
  private long sent;
  private long acknowledged;
  private long readNanos;

  Publisher(
      Channel channel,
      MqttVersion version,
      String clientId,
      Watcher watcher,
      PublishTemplate[] templates,
      int window,
      Tally tally) {
    super(channel, version, clientId, false, watcher);
    this.templates = templates;
    this.tally = tally;
    this.sentNanos = new long[window];
  }

  /// Publishes until it is stopped.
  void start(Pace itsPace) {
    publish(Long.MAX_VALUE - sent, itsPace, () -> {});
  }

  /// Publishes so many messages more, which may be none.
  ///
  /// @param done run once everything that was sent is acknowledged
  void publish(long count, Pace itsPace, Runnable done) {
    pace = itsPace;
    pacedFrom = sent;
    until = sent + count;
    whenAcknowledged = done;
    if (acknowledged == until) {
      done.run();
    }
    fillWindow();
  }

  /// Time has passed, which matters to one with a pace.
  void tick() {
    fillWindow();
  }

  void stop() {
    until = sent;
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
    if (acknowledged == until) {
      whenAcknowledged.run();
    }
  }

  @Override
  void receivedAll() {
    readNanos = 0;
    fillWindow();
  }

  private void fillWindow() {
    long room = Math.min(acknowledged + sentNanos.length - sent, until - sent);
    if (room <= 0) {
      return;
    }
    long now = System.nanoTime();
    long count = Math.min(room, pace.allowed(now) - (sent - pacedFrom));
    if (count <= 0) {
      return;
    }
    ByteBuf output = output((int) count * templates[0].length());
    for (int i = 0; i < count; i++) {
      PublishTemplate template = templates[(int) (sent % templates.length)];
      template.appendTo(output, packetId(sent), sent / templates.length, now);
      sentNanos[(int) (sent % sentNanos.length)] = now;
      sent++;
    }
    flushOutput();
  }

  private static int packetId(long sequence) {
    return (int) (sequence % PACKET_IDS) + 1;
  }
}
