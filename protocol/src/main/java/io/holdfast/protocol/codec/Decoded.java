package io.holdfast.protocol.codec;

import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ReasonCode;
import java.util.Optional;

/// What the decoder made of the bytes it was given.
public sealed interface Decoded {
  /// A whole, well-formed packet.
  record Complete(Packet packet) implements Decoded {}

  /// The bytes end within a packet: call again when there are more.
  ///
  /// @param packetBytes the whole packet's length if it is known already, else 0
  record Incomplete(int packetBytes) implements Decoded {}

  /// The peer broke the protocol. The connection is answered with `reasonCode` as its version
  /// allows, and closed; the decoder must not be used any more.
  ///
  /// @param why for a person: what was wrong and where; never longer than 200 characters
  record Malformed(ReasonCode reasonCode, String why) implements Decoded {}

  /// A CONNECT of a protocol name or level that nobody here speaks. Answered as that version's
  /// specification says: 0x01 in a 3.x CONNACK up to level 4, 0x84 in a 5.0 CONNACK above.
  record UnsupportedVersion(String protocolName, int level, Optional<String> clientId)
      implements Decoded {}
}
