package io.holdfast.server;

import io.holdfast.core.Effects;
import io.holdfast.core.Event;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.server.transport.Connections;

/// What the core says goes to the connections, and what it observes to whoever watches. On the
/// loop's thread.
final class TransportEffects implements Effects {
  private final Connections connections;
  private final Watcher watcher;

  TransportEffects(Connections connections, Watcher watcher) {
    this.connections = connections;
    this.watcher = watcher;
  }

  @Override
  public void send(int connection, Packet packet) {
    connections.send(connection, packet);
  }

  @Override
  public boolean isWritable(int connection) {
    return connections.isWritable(connection);
  }

  @Override
  public void close(int connection) {
    connections.close(connection);
  }

  @Override
  public void observe(Event event) {
    watcher.observe(event);
  }
}
