/// Bytes to packets and back: incremental, strict, keeping no buffer.
///
/// Decides what is a well-formed packet of the connection's version and with which reason code a
/// malformed one is refused; what a packet means is the core's to decide. Start at `PacketDecoder`.
/// One decoder belongs to one connection and is used by one thread at a time; the encoder keeps
/// nothing.
@NullMarked
package io.holdfast.protocol.codec;

import org.jspecify.annotations.NullMarked;
