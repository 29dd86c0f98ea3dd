package io.holdfast.simulator;

/// How a seed's story went, where no promise was broken.
///
/// @param traceHash the same for the same seed, always
/// @param simulatedNanos how long it took those who lived in it
/// @param messages publishes that reached the broker
record Outcome(
    long seed,
    long traceHash,
    long events,
    long simulatedNanos,
    int crashes,
    long records,
    long messages,
    Coverage coverage) {}
