package io.holdfast.simulator;

/// The broker's end of a connection, as the network tells it. Calls come from the network's events.
interface ServerEnd {
  /// There is something to read, or the end of it.
  void readable();

  /// The network takes more, after it did not take all.
  void drained();

  /// The connection is no more.
  void gone(String why);
}
