package io.holdfast.bench;

import java.util.Optional;

/// What a run asks of the broker.
///
/// @param window how many QoS 1 messages each publisher keeps unacknowledged
/// @param topicsPerPublisher which take turns
/// @param subscribers durable sessions that share the topics evenly
/// @param perSecond how many messages the publishers send together; infinite is as fast as they may
/// @param patienceSeconds how long the broker may answer nobody at the start, and deliver nothing
///   after the end before what is missing counts as lost
/// @param idleSubscriptions made by one client before the start, matching nothing
/// @param idleSessions durable sessions made before the start, each with one subscription that
///   matches nothing, whose clients have left
/// @param retainedMessages of 20 bytes, left before the start, which nobody asks for
record Workload(
    MqttVersion version,
    int publishers,
    int window,
    int topicsPerPublisher,
    int subscribers,
    int payloadBytes,
    double perSecond,
    int warmUpSeconds,
    int measuredSeconds,
    int patienceSeconds,
    int idleSubscriptions,
    int idleSessions,
    int retainedMessages) {

  int topics() {
    return publishers * topicsPerPublisher;
  }

  /// What is wrong with it, if anything.
  Optional<String> complaint() {
    if (publishers < 1 || subscribers < 1 || topicsPerPublisher < 1 || subscribers > topics()) {
      return Optional.of("there must be a subscriber, and no more subscribers than topics");
    }
    if (window < 1 || window > 65_535) {
      return Optional.of("the window must be from 1 to 65535");
    }
    if (payloadBytes < PublishTemplate.STAMP_BYTES || payloadBytes > 1 << 20) {
      return Optional.of(
          "the payload must be from %d to %d bytes"
              .formatted(PublishTemplate.STAMP_BYTES, 1 << 20));
    }
    if ((long) window * payloadBytes > 1 << 28) {
      return Optional.of("a window must not be larger than 256 MiB");
    }
    if (!(perSecond > 0) || warmUpSeconds < 0 || measuredSeconds < 1) {
      return Optional.of("a message a second must be sent, and at least one second measured");
    }
    if (patienceSeconds < 1 || idleSubscriptions < 0 || idleSessions < 0 || retainedMessages < 0) {
      return Optional.of("patience is at least a second, and no count is negative");
    }
    return Optional.empty();
  }
}
