package io.holdfast.bench;

import java.util.Optional;

/// The clocks at one end of a measured time.
///
/// @param nanos the monotonic clock
/// @param machineCpuNanos what everything on the machine has used
/// @param ownCpuNanos what the generator has used
/// @param broker what the broker has used, if its process is known
record Moment(long nanos, long machineCpuNanos, long ownCpuNanos, Optional<Use> broker) {

  /// @param writtenBytes to disks
  record Use(long cpuNanos, long writtenBytes) {}

  static Moment now(Optional<WatchedProcess> broker) throws BenchException {
    Optional<Use> use = Optional.empty();
    if (broker.isPresent()) {
      use = Optional.of(new Use(broker.get().cpuNanos(), broker.get().writtenBytes()));
    }
    return new Moment(System.nanoTime(), MachineCpu.nanos(), WatchedProcess.own().cpuNanos(), use);
  }

  double secondsUntil(Moment end) {
    return (end.nanos - nanos) / 1e9;
  }

  /// Not a number where the broker's process is not known.
  double brokerCpuNanosUntil(Moment end) {
    return broker.isPresent() && end.broker.isPresent()
        ? end.broker.get().cpuNanos() - broker.get().cpuNanos()
        : Double.NaN;
  }

  /// Not a number where the broker's process is not known.
  double writtenBytesUntil(Moment end) {
    return broker.isPresent() && end.broker.isPresent()
        ? end.broker.get().writtenBytes() - broker.get().writtenBytes()
        : Double.NaN;
  }

  /// How many cores worked for neither the broker nor the generator: above a few hundredths, the
  /// figures are not to be trusted. Not a number where the broker's process is not known.
  double otherCoresUntil(Moment end) {
    double all = end.machineCpuNanos - machineCpuNanos;
    double known = end.ownCpuNanos - ownCpuNanos + brokerCpuNanosUntil(end);
    return (all - known) / (end.nanos - nanos);
  }
}
