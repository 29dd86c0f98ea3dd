package io.holdfast.bench;

import java.util.concurrent.ThreadLocalRandom;

/// The names of one run, all under a prefix of its own, so that nothing left by an earlier run is
/// taken for this one's.
///
/// @param prefix the first level of every topic and the start of every client id
record Topics(String prefix) {
  static Topics ofNewRun() {
    return new Topics("b%07x".formatted(ThreadLocalRandom.current().nextInt(1 << 28)));
  }

  /// A topic that is published to, in the part of the topics that one subscriber takes.
  String published(int number, int subscriber) {
    return prefix + "/g" + subscriber + "/p" + number;
  }

  /// A topic of 20 bytes whose message is to be retained.
  String retained(int index) {
    return prefix + "/r%010d".formatted(index);
  }

  /// The part of the topics that a subscriber takes.
  String taken(int subscriber) {
    return prefix + "/g" + subscriber + "/+";
  }

  /// A filter that matches nothing that is published. They come in three shapes, as siblings of
  /// what is published at each of its levels, so that no broker is done with them at the first
  /// level.
  String idle(int index) {
    return switch (index % 3) {
      case 0 -> prefix + "/g0/idle" + index;
      case 1 -> prefix + "/idle" + index + "/+";
      default -> "+/idle" + index + "/#";
    };
  }
}
