package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/// Ends a durable session, by connecting once more with a clean one, so that a broker that goes on
/// running keeps nothing of a run.
final class SessionEnd extends Client {
  SessionEnd(Channel channel, MqttVersion version, String clientId, Watcher watcher) {
    super(channel, version, clientId, false, watcher);
  }

  @Override
  void connected() {
    leave();
  }

  @Override
  void received(int first, ByteBuf input, int body, int end) {
    // Whatever the broker still had underway for the old session.
  }

  @Override
  void left() {
    ready();
  }
}
