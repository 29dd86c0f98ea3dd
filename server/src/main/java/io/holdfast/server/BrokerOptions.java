package io.holdfast.server;

import io.holdfast.core.BrokerSettings;
import io.holdfast.server.config.Configuration;
import io.holdfast.server.config.Listener;
import io.holdfast.server.transport.ListenerOptions;
import io.holdfast.server.transport.TransportLimits;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// All that a broker is started with, but for its log.
record BrokerOptions(
    List<ListenerOptions> listeners,
    BrokerSettings settings,
    TransportLimits limits,
    Watcher watcher) {

  /// As configured, within what this process has memory for.
  static BrokerOptions of(Configuration configuration, Watcher watcher) throws StartException {
    TransportLimits limits = TransportLimits.ofProcess();
    int packetBytesMax =
        Math.min(limits.packetBytesMax(), configuration.broker().maximumPacketSize());
    return new BrokerOptions(
        listeners(configuration.listeners()),
        configuration.broker().withMaximumPacketSize(packetBytesMax),
        limits.withPacketBytesMax(packetBytesMax),
        watcher);
  }

  private static List<ListenerOptions> listeners(List<Listener> listeners) throws StartException {
    List<ListenerOptions> options = new ArrayList<>();
    for (Listener listener : listeners) {
      try {
        for (InetSocketAddress address : listener.addresses()) {
          options.add(new ListenerOptions(address, listener.isRequired(), listener.settings()));
        }
      } catch (UnknownHostException e) {
        throw new StartException(
            "cannot listen on %s: there is no such host".formatted(listener.shown()), e);
      }
    }
    return options;
  }
}
