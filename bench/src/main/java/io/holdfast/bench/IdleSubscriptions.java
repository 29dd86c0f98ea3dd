package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;
import java.util.stream.IntStream;

/// One client with many subscriptions that nothing published matches. It stays connected.
final class IdleSubscriptions extends Client {
  /// Keeps a SUBSCRIBE far below any broker's packet limit.
  private static final int FILTERS_PER_PACKET = 500;

  private final Topics topics;
  private final int count;
  private int asked;

  IdleSubscriptions(
      Channel channel, MqttVersion version, Topics topics, int count, Watcher watcher) {
    super(channel, version, topics.prefix() + "-idle", false, watcher);
    this.topics = topics;
    this.count = count;
  }

  @Override
  void connected() {
    subscribeNext();
  }

  @Override
  void received(int first, ByteBuf input, int body, int end) {
    if (first >>> 4 != Wire.SUBACK) {
      trouble("a packet of type " + (first >>> 4) + " for a client that wants nothing");
    } else if (isGranted(input, body, end)) {
      if (asked < count) {
        subscribeNext();
      } else {
        ready();
      }
    }
  }

  private void subscribeNext() {
    int until = Math.min(count, asked + FILTERS_PER_PACKET);
    List<String> filters = IntStream.range(asked, until).mapToObj(topics::idle).toList();
    asked = until;
    Wire.subscribe(output(64 * filters.size()), version(), 1, filters);
  }
}
