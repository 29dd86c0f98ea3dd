package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;

/// Leaves a durable session with one subscription behind.
final class IdleSession extends Client {
  private final String filter;

  IdleSession(
      Channel channel, MqttVersion version, String clientId, String filter, Watcher watcher) {
    super(channel, version, clientId, true, watcher);
    this.filter = filter;
  }

  @Override
  void connected() {
    Wire.subscribe(output(64), version(), 1, List.of(filter));
  }

  @Override
  void received(int first, ByteBuf input, int body, int end) {
    if (first >>> 4 != Wire.SUBACK) {
      trouble("a packet of type " + (first >>> 4) + " for a client that wants nothing");
    } else if (isGranted(input, body, end)) {
      leave();
    }
  }

  @Override
  void left() {
    ready();
  }
}
