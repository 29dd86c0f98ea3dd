/// The world that lies: clock, network, disk and clients, all from one seed and on one thread,
/// around the real core, the real log and the real codec.
///
/// Decides what goes wrong and when. Does not decide what a broker may say: `checker` does, from
/// what clients saw; nor what clients do: `workload` does. Start at `Simulation`. No real time
/// passes and no other thread runs.
@NullMarked
package io.holdfast.simulator;

import org.jspecify.annotations.NullMarked;
