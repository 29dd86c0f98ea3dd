package io.holdfast.cli.prove;

import io.holdfast.protocol.packet.QoS;

/// One message that can be told from every other.
///
/// A _stream_ is what one publisher sends on one topic at one QoS, numbered from 0 on: two streams
/// for each publisher, the even one at QoS 1 and the odd one at QoS 2.
///
/// What goes over the wire for it is a `Numbering`'s to say.
record Numbered(int stream, int number) {

  static Numbered of(int publisher, QoS qos, int number) {
    return new Numbered(2 * publisher + (qos == QoS.EXACTLY_ONCE ? 1 : 0), number);
  }

  static QoS qos(int stream) {
    return stream % 2 == 0 ? QoS.AT_LEAST_ONCE : QoS.EXACTLY_ONCE;
  }

  @Override
  public String toString() {
    return "number %d of stream %d".formatted(number, stream);
  }
}
