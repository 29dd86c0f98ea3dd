package io.holdfast.bench;

import java.util.OptionalLong;

/// The clocks at one end of the measured time.
///
/// @param nanos the monotonic clock
/// @param machineCpuNanos what everything on the machine has used
/// @param ownCpuNanos what the generator has used
/// @param brokerCpuNanos what the broker has used, if its process is known
record Moment(long nanos, long machineCpuNanos, long ownCpuNanos, OptionalLong brokerCpuNanos) {}
