package io.holdfast.simulator.workload;

import java.nio.ByteBuffer;

/// Who has opened a connection, and is told what happens on it.
public interface Caller {
  /// The connection is open.
  void opened();

  /// Bytes arrived; they are valid until the call returns.
  void received(ByteBuffer bytes);

  /// The connection is refused, was closed by the broker, or was cut. Nothing follows.
  void closed();
}
