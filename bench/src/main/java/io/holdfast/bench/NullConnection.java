package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One client of the null broker.
final class NullConnection extends PacketHandler {
  private static final NullConnection[] NOBODY = {};

  private final NullBroker broker;
  private final List<Filter> filters = new ArrayList<>();
  private MqttVersion version = MqttVersion.V311;
  private boolean isUnflushed;
  private boolean isPublishing;
  private boolean isSlow;
  private int packetId;

  /// The topic published last, and who wanted it: a publisher seldom changes its topic, and looking
  /// up a topic anew would cost more than everything else.
  private ByteBuf lastTopic = Unpooled.EMPTY_BUFFER;

  private NullConnection[] lastSubscribers = NOBODY;
  private int lastChange = -1;

  NullConnection(Channel channel, NullBroker broker) {
    super(channel);
    this.broker = broker;
  }

  boolean wants(String topic) {
    return filters.stream().anyMatch(filter -> filter.matches(topic));
  }

  void pausePublishing(boolean isPaused) {
    if (isPublishing) {
      channel().config().setAutoRead(!isPaused);
    }
  }

  void flush() {
    isUnflushed = false;
    flushOutput();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    broker.gone(this);
    if (isSlow) {
      isSlow = false;
      broker.becameFast();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    boolean wasSlow = isSlow;
    isSlow = channel().isActive() && !channel().isWritable();
    if (isSlow && !wasSlow) {
      broker.becameSlow();
    } else if (wasSlow && !isSlow) {
      broker.becameFast();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    close();
  }

  @Override
  void received(ByteBuf input, int start, int body, int end) {
    int first = input.getUnsignedByte(start);
    switch (first >>> 4) {
      case Wire.PUBLISH -> publish(first, input, start, body, end);
      case Wire.PUBACK -> {}
      case Wire.CONNECT -> connect(input, body);
      case Wire.SUBSCRIBE -> subscribe(input, body, end);
      case Wire.PINGREQ -> reply(2).writeShort(Wire.PINGRESP << 12);
      default -> close();
    }
  }

  @Override
  void receivedAll() {}

  private void connect(ByteBuf input, int body) {
    int level = input.getUnsignedByte(body + 2 + input.getUnsignedShort(body));
    version = level == MqttVersion.V5.level() ? MqttVersion.V5 : MqttVersion.V311;
    if (level != version.level() || !broker.accepts(this, version)) {
      close();
    } else if (version.isV5()) {
      reply(5).writeByte(Wire.CONNACK << 4).writeInt(3 << 24);
    } else {
      reply(4).writeInt(Wire.CONNACK << 28 | 2 << 16);
    }
  }

  private void subscribe(ByteBuf input, int body, int end) {
    int at = body + 2 + (version.isV5() ? Wire.countedBytes(input, body + 2) : 0);
    int count = 0;
    while (at < end) {
      int length = input.getUnsignedShort(at);
      filters.add(Filter.of(input.toString(at + 2, length, StandardCharsets.UTF_8)));
      at += 2 + length + 1;
      count++;
    }
    broker.subscriptionsChanged();
    int properties = version.isV5() ? 1 : 0;
    ByteBuf output = reply(8 + count);
    output.writeByte(Wire.SUBACK << 4);
    Wire.writeVarint(output, 2 + properties + count);
    output.writeShort(input.getUnsignedShort(body)).writeZero(properties);
    for (int i = 0; i < count; i++) {
      output.writeByte(1);
    }
  }

  private void publish(int first, ByteBuf input, int start, int body, int end) {
    int qos = first >>> 1 & 3;
    if (qos > 1) {
      close();
      return;
    }
    isPublishing = true;
    int topicLength = input.getUnsignedShort(body);
    lookUp(input, body + 2, topicLength);
    int times = broker.timesToForward();
    for (NullConnection subscriber : lastSubscribers) {
      for (int i = 0; i < times; i++) {
        subscriber.forward(first, input, start, end, body + 2 + topicLength - start);
      }
    }
    if (qos == 1) {
      Wire.puback(reply(4), input.getUnsignedShort(body + 2 + topicLength));
    }
  }

  /// The packet as it came, but for the packet identifier and the flags of its sender.
  private void forward(int first, ByteBuf input, int start, int end, int packetIdAt) {
    ByteBuf output = reply(end - start);
    int at = output.writerIndex();
    output.writeBytes(input, start, end - start);
    output.setByte(at, first & 0xF6);
    if ((first & 6) != 0) {
      packetId = packetId % 65_535 + 1;
      output.setShort(at + packetIdAt, packetId);
    }
  }

  private void lookUp(ByteBuf input, int at, int length) {
    if (lastChange == broker.subscriptionChanges()
        && lastTopic.readableBytes() == length
        && ByteBufUtil.equals(lastTopic, 0, input, at, length)) {
      return;
    }
    lastTopic = Unpooled.copiedBuffer(input.slice(at, length));
    lastSubscribers = broker.subscribersOf(lastTopic.toString(StandardCharsets.UTF_8));
    lastChange = broker.subscriptionChanges();
  }

  private ByteBuf reply(int bytes) {
    if (!isUnflushed) {
      isUnflushed = true;
      broker.flushLater(this);
    }
    return output(bytes);
  }

  private void close() {
    flushOutput();
    var unused = channel().close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
  }

  /// A topic filter, split once.
  private record Filter(List<String> levels) {
    static Filter of(String filter) {
      return new Filter(List.of(filter.split("/", -1)));
    }

    boolean matches(String topic) {
      String[] names = topic.split("/", -1);
      for (int i = 0; i < levels.size(); i++) {
        String level = levels.get(i);
        if (level.equals("#")) {
          return true;
        }
        if (i == names.length || !(level.equals("+") || level.equals(names[i]))) {
          return false;
        }
      }
      return names.length == levels.size();
    }
  }
}
