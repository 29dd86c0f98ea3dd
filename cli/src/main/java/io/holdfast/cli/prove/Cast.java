package io.holdfast.cli.prove;

import io.holdfast.protocol.packet.QoS;
import java.util.List;

/// Who takes part in a trial. Every consumer is for all that the publishers send; every second
/// client speaks MQTT 5.0, the others 3.1.1.
///
/// @param levels at which is published
/// @param largeOneIn one in so many messages is large, 0 for none
/// @param publisherDiesOneIn how often a publisher dies when it has sent something; 0 for never
/// @param consumerDiesOneIn how often a consumer dies when it has been given something; 0 for never
record Cast(
    int publishers,
    int consumers,
    List<QoS> levels,
    int largeOneIn,
    int publisherDiesOneIn,
    int consumerDiesOneIn) {
  /// Four publishers and two consumers that all live.
  static final Cast ORDINARY =
      new Cast(4, 2, List.of(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE), 100, 0, 0);

  Cast {
    levels = List.copyOf(levels);
  }

  Cast withDyingPublishers(int oneIn) {
    return new Cast(publishers, consumers, levels, largeOneIn, oneIn, consumerDiesOneIn);
  }

  Cast withDyingConsumers(int oneIn) {
    return new Cast(publishers, consumers, levels, largeOneIn, publisherDiesOneIn, oneIn);
  }

  Cast withSmallMessages() {
    return withLargeOneIn(0);
  }

  Cast withLargeOneIn(int oneIn) {
    return new Cast(publishers, consumers, levels, oneIn, publisherDiesOneIn, consumerDiesOneIn);
  }
}
