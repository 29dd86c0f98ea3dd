package io.holdfast.simulator.workload;

/// Who lives in a simulated world.
public interface Inhabitants {
  /// They begin.
  void start();

  /// From now on nobody misbehaves, and nothing goes wrong.
  void heal();

  /// Whether nothing is owed or under way any more.
  boolean isSettled();

  /// What can only be judged at the end.
  void check();
}
