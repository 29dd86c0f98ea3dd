package io.holdfast.protocol.codec;

import io.holdfast.protocol.packet.ReasonCode;

/// Leaves the reading of a packet that breaks the protocol. Never leaves this package:
/// `PacketDecoder` makes a value of it. It has no stack trace, so that a flood of bad packets costs
/// little.
final class MalformedException extends Exception {
  private final ReasonCode reasonCode;
  private final String why;

  MalformedException(ReasonCode reasonCode, String why) {
    super(why, null, false, false);
    this.reasonCode = reasonCode;
    this.why = why;
  }

  static MalformedException malformed(String why) {
    return new MalformedException(ReasonCode.MALFORMED_PACKET, why);
  }

  static MalformedException protocolError(String why) {
    return new MalformedException(ReasonCode.PROTOCOL_ERROR, why);
  }

  ReasonCode reasonCode() {
    return reasonCode;
  }

  String why() {
    return why;
  }
}
