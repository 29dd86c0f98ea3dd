package io.holdfast.simulator.workload;

import java.nio.ByteBuffer;

/// The client's end of one simulated network connection. What is sent arrives in order, split and
/// merged as the network likes, late, or not at all once the connection is cut.
public interface ClientEnd {
  /// Sends all of `bytes`, which are copied. Nothing happens where the connection is gone.
  void send(ByteBuffer bytes);

  /// Ends the connection: what was sent before still arrives.
  void close();

  /// Ends the connection at once; what is on its way may be lost, both ways. `Caller.closed` is not
  /// called.
  void abort();

  /// Whether the client reads what arrives. While it does not, the broker's sends pile up.
  void reads(boolean whether);
}
