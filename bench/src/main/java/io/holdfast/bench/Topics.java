package io.holdfast.bench;

/// The names of one run, all under a prefix of its own, so that nothing left by an earlier run is
/// taken for this one's.
///
/// @param prefix the first level of every topic and the start of every client id
record Topics(String prefix) {
  /// The one topic of a publisher, in the part of the topics that one subscriber takes.
  String published(int publisher, int subscriber) {
    return prefix + "/g" + subscriber + "/p" + publisher;
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
