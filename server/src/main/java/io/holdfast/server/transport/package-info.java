/// Network connections: bytes to packets, packets to bytes, and how much of both may wait in
/// memory.
///
/// Decides when a connection is read from and written to, and which one is cut where memory would
/// not do otherwise. Knows nothing of sessions or messages. All of it runs on the one event loop
/// thread. Start at `Connections` (what the core's driver sees), then `Connection`.
@NullMarked
package io.holdfast.server.transport;

import org.jspecify.annotations.NullMarked;
