package io.holdfast.server;

import io.holdfast.core.Event;

/// Told what an operator may want to know. On the loop's thread: it must not block for long.
public interface Watcher {
  void observe(Event event);

  /// The broker cannot go on. Nothing follows.
  void fatal(String what, Throwable why);
}
