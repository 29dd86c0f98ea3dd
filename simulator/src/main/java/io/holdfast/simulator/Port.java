package io.holdfast.simulator;

import java.util.Optional;

/// Where connections to the broker arrive.
interface Port {
  /// Lets a connection in; empty where nobody listens.
  Optional<ServerEnd> accept(SimConnection connection);

  /// Whether there is a machine at all that could say that nobody listens.
  boolean isPowered();
}
