package io.holdfast.bench;

import java.util.Optional;

/// Messages that many sessions want whose clients are away.
///
/// @param sessions durable, made before
/// @param every so manieth of the sessions has the filter; each other one has a filter that matches
///   nothing
/// @param publishes to that filter, over the whole run
/// @param window of the publisher beside which another one's latency is taken
/// @param quietSeconds how long the other one is watched alone
record FanOut(
    MqttVersion version,
    int payloadBytes,
    int patienceSeconds,
    int sessions,
    int every,
    int publishes,
    int window,
    int quietSeconds) {
  private static final int SLICE_PUBLISHES = 30;
  private static final int SLICES_MAX = 20;
  private static final int SLICE_WINDOW_MAX = 100;

  /// What is wrong with it, if anything.
  Optional<String> complaint() {
    if (sessions < 1 || every < 1 || publishes < 20) {
      return Optional.of("a session must want it, and at least 20 messages be published");
    }
    if (window < 1 || window > 65_535 || quietSeconds < 1 || patienceSeconds < 1) {
      return Optional.of("the window is from 1 to 65535, and times are a second at least");
    }
    if (payloadBytes < PublishTemplate.STAMP_BYTES || payloadBytes > 1 << 20) {
      return Optional.of(
          "the payload must be from %d to %d bytes"
              .formatted(PublishTemplate.STAMP_BYTES, 1 << 20));
    }
    return Optional.empty();
  }

  int warmUp() {
    return publishes / 10;
  }

  /// Beside another publisher, with a window of 1 and then with the large one.
  int beside() {
    return publishes / 4;
  }

  /// In slices, with nothing else going on.
  int slices() {
    return Math.clamp(byItself() / SLICE_PUBLISHES, 1, SLICES_MAX);
  }

  int perSlice() {
    return byItself() / slices();
  }

  /// Large, so that a sync covers many messages and what it adds to each is small.
  int sliceWindow() {
    return Math.min(perSlice(), SLICE_WINDOW_MAX);
  }

  private int byItself() {
    return publishes - warmUp() - 2 * beside();
  }
}
