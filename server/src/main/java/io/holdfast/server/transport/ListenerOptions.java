package io.holdfast.server.transport;

import io.holdfast.core.ListenerSettings;
import java.net.InetSocketAddress;

/// Where connections are taken in, and how.
///
/// @param address a port of 0 is any free one
/// @param isRequired false where the machine may lack the address
public record ListenerOptions(
    InetSocketAddress address, boolean isRequired, ListenerSettings settings) {}
