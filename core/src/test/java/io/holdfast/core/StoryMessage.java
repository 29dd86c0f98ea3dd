package io.holdfast.core;

import io.holdfast.protocol.packet.QoS;

/// A message of a story: who published it, and what became of it as far as clients saw.
final class StoryMessage {
  final String publisher;
  final String topic;
  final QoS qos;
  final int number;
  final boolean retain;

  /// When it was handed to the broker first and last, and when the broker took the duty: 0 for not
  /// yet.
  long firstSent;

  long lastSent;
  long accepted;
  int transmissions;

  StoryMessage(String publisher, String topic, QoS qos, int number, boolean retain) {
    this.publisher = publisher;
    this.topic = topic;
    this.qos = qos;
    this.number = number;
    this.retain = retain;
  }

  /// Its payload: no two messages have the same.
  String text() {
    return "%s %s %d %d".formatted(publisher, topic, qos.level(), number);
  }

  /// What messages are to keep their order have in common.
  String line() {
    return "%s %s %d".formatted(publisher, topic, qos.level());
  }

  @Override
  public String toString() {
    return "'%s' (sent %d to %d, %d times, accepted %d)"
        .formatted(text(), firstSent, lastSent, transmissions, accepted);
  }
}
