package io.holdfast.simulator;

import java.util.random.RandomGenerator;

/// How the network of one seed behaves.
///
/// @param latencyNanos what a segment takes at least
/// @param jitterNanos what it may take beyond
/// @param segmentBytes the largest segment
/// @param bufferBytes what the system holds for one direction of a connection
/// @param cutsPerMillion segments with which a connection is cut
/// @param stallsPerMillion segments that take seconds
/// @param refusalsPerMille connections that are not let in
record NetworkHabits(
    long latencyNanos,
    long jitterNanos,
    int segmentBytes,
    int bufferBytes,
    int cutsPerMillion,
    int stallsPerMillion,
    int refusalsPerMille) {

  static NetworkHabits draw(RandomGenerator random) {
    return new NetworkHabits(
        20_000L << random.nextInt(7),
        10_000L << random.nextInt(9),
        64 << random.nextInt(7),
        256 << random.nextInt(9),
        random.nextInt(3) == 0 ? 0 : random.nextInt(6_000),
        random.nextInt(2) == 0 ? 0 : random.nextInt(3_000),
        random.nextInt(3) == 0 ? 0 : random.nextInt(100));
  }
}
