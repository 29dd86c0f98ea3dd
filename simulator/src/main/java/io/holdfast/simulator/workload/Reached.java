package io.holdfast.simulator.workload;

/// The faults and the states that seeds have to come to: a simulation that never gets somewhere
/// proves nothing about it. Counted over all seeds of a run.
public enum Reached {
  PROCESS_CRASH,
  MACHINE_CRASH;

  /// As a person reads it.
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
