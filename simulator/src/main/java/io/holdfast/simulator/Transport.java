package io.holdfast.simulator;

import java.util.random.RandomGenerator;

/// The bounds of what a simulated broker's connections hold, small enough to be met.
///
/// @param readBytes what is read from one connection in one turn, at most
/// @param outgoingBytes a connection with more than this waiting takes no deliveries
/// @param answersBytes one with more than this waiting is not read from
/// @param unsyncedBytes publishers are not read from while more than this waits for the disk
record Transport(int readBytes, int outgoingBytes, int answersBytes, int unsyncedBytes) {
  static Transport draw(RandomGenerator random) {
    int outgoing = 128 << random.nextInt(9);
    return new Transport(
        32 << random.nextInt(8), outgoing, outgoing * 2, 4096 << random.nextInt(6));
  }
}
