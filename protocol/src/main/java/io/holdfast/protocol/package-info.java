/// The words of MQTT: control packets as values, and the bytes they are made of.
///
/// Decides nothing about sessions or messages; it knows no other room. Start reading at
/// `packet.Packet`, then `codec.PacketDecoder`. No thread of its own: each object is used by one
/// thread at a time.
@NullMarked
package io.holdfast.protocol;

import org.jspecify.annotations.NullMarked;
