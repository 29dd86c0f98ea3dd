package io.holdfast.core;

import io.holdfast.protocol.packet.Packet;

/// What the core asks of its driver. The driver obeys in order and decides nothing; the simulator's
/// writes it all down.
///
/// Connections are named by the small numbers that the driver gave them. Nothing here may call the
/// broker back.
public interface Effects {
  /// Encodes `packet` for `connection`, in the version of its CONNECT. `Bytes` in it are borrowed
  /// until the call returns.
  void send(int connection, Packet packet);

  /// Whether `connection` takes more bytes now; deliveries wait until it does.
  boolean isWritable(int connection);

  /// Closes `connection` once what was sent to it went out. The driver answers with
  /// `Broker.disconnected`, not before this call returned.
  void close(int connection);

  /// Something an operator may want to know. The driver logs and counts it; the core has no logger.
  void observe(Event event);
}
