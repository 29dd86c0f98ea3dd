package io.holdfast.simulator;

/// How a broker's process ended by itself.
enum Exit {
  CLEAN,
  LOG_FAILED
}
