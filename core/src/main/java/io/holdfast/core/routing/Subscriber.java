package io.holdfast.core.routing;

/// Whose queue a subscription feeds.
public interface Subscriber {
  /// The number of its queue.
  int queueNumber();

  /// Whether records name it.
  boolean isDurable();
}
