package io.holdfast.server;

import io.holdfast.core.BrokerSettings;
import io.holdfast.log.LogOptions;
import io.holdfast.log.disk.Disk;
import io.holdfast.server.transport.ListenerOptions;
import io.holdfast.server.transport.TransportLimits;
import java.util.List;

/// All that a broker is started with.
///
/// @param disk where its log is. The broker has it for itself
record BrokerOptions(
    List<ListenerOptions> listeners,
    BrokerSettings settings,
    TransportLimits limits,
    Disk disk,
    LogOptions logOptions,
    Watcher watcher) {}
