package io.holdfast.bench;

import java.util.Optional;

/// What is to wait for subscribers that are away, and what happens then.
///
/// @param isOnlineFirst whether load with everybody online is measured before
/// @param messages that wait, over all subscribers
/// @param stepMessages into how large steps publishing is cut, each timed. 0 is one step; else one
///   step more is published once all wait
/// @param isDrained whether the subscribers come back at the end and take what waits
/// @param publishedPart what part of the speed online is published meanwhile
record Backlog(
    boolean isOnlineFirst,
    long messages,
    long stepMessages,
    boolean isDrained,
    double publishedPart) {

  /// What is wrong with it, if anything.
  Optional<String> complaint() {
    if (messages < 1 || stepMessages < 0 || stepMessages > messages) {
      return Optional.of("a message must wait, and a step is not larger than all");
    }
    if (publishedPart < 0 || publishedPart > 1) {
      return Optional.of("the part that is published meanwhile is from 0 to 1");
    }
    return Optional.empty();
  }

  boolean isComparing() {
    return stepMessages > 0;
  }

  /// How large the step is that begins with so many waiting.
  long stepFrom(long waiting) {
    return Math.min(isComparing() ? stepMessages : messages, messages - waiting);
  }
}
