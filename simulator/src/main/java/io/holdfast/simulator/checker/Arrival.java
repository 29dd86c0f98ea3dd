package io.holdfast.simulator.checker;

import io.holdfast.protocol.packet.Publish;

/// A PUBLISH that came to a client.
///
/// @param packet borrowed: valid while the arrival is being looked at
record Arrival(SessionView session, int connection, Message message, Publish packet, long tick) {
  String client() {
    return session.client();
  }

  /// Whether it came, or may have come, because it is retained, and not because it was published.
  boolean asRetained() {
    return packet.retain() && message.retain();
  }

  /// Whether it may have been published long before its receiver subscribed: what is retained, and
  /// what waited in a shared subscription.
  boolean mayPrecedeSubscription() {
    return asRetained() || message.isShared();
  }
}
