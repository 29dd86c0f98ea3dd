/// Wire vectors: packets as bytes beside what they mean, valid and invalid side by side.
///
/// The vectors are text files under `src/test/resources/wire/`: in `first/` what opens a
/// connection, in `from-client/` what a client sends after its CONNECT, in `from-server/` what a
/// server sends. `WireVector` reads them, `PacketText` writes a packet the way they do. Decoder,
/// encoder and a live server are held to the same lines.
@NullMarked
package io.holdfast.protocol.wire;

import org.jspecify.annotations.NullMarked;
