package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;

/// Leaves many retained messages of 20 bytes behind, each in a topic of its own of 20 bytes, and
/// goes.
final class RetainedMessages extends Client {
  private static final int WINDOW = 1000;
  private static final int PAYLOAD_BYTES = 20;
  private static final int RETAINED_AT_QOS_1 = Wire.PUBLISH << 4 | 1 << 1 | 1;

  private final Watcher watcher;
  private final Topics topics;
  private final int count;
  private int sent;
  private int acknowledged;

  RetainedMessages(
      Channel channel, MqttVersion version, Topics topics, int count, Watcher watcher) {
    super(channel, version, topics.prefix() + "-retained", false, watcher);
    this.watcher = watcher;
    this.topics = topics;
    this.count = count;
  }

  @Override
  void connected() {
    fillWindow();
  }

  @Override
  void received(int first, ByteBuf input, int body, int end) {
    if (first != Wire.PUBACK << 4) {
      trouble("a packet of type " + (first >>> 4) + " for a client that only publishes");
    } else if (end - body > 2 && input.getUnsignedByte(body + 2) >= 0x80) {
      trouble("PUBACK with code " + input.getUnsignedByte(body + 2));
    } else {
      acknowledged++;
    }
  }

  @Override
  void receivedAll() {
    watcher.answered();
    fillWindow();
    if (acknowledged == count && !isLeaving()) {
      leave();
    }
  }

  @Override
  void left() {
    ready();
  }

  private void fillWindow() {
    while (sent < count && sent < acknowledged + WINDOW) {
      byte[] topic = topics.retained(sent).getBytes(StandardCharsets.UTF_8);
      int properties = version().isV5() ? 1 : 0;
      int length = 2 + topic.length + 2 + properties + PAYLOAD_BYTES;
      ByteBuf output = output(5 + length).writeByte(RETAINED_AT_QOS_1);
      Wire.writeVarint(output, length);
      output.writeShort(topic.length).writeBytes(topic);
      output.writeShort(1 + sent % WINDOW).writeZero(properties).writeZero(PAYLOAD_BYTES);
      sent++;
    }
    flushOutput();
  }
}
