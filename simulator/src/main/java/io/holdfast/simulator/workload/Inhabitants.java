package io.holdfast.simulator.workload;

/// Who lives in a simulated world.
public interface Inhabitants {
  /// They begin.
  void start();

  /// From now on nobody misbehaves, and nothing goes wrong.
  void heal();

  /// Whether no message has come to anybody for so long.
  boolean isQuiet(long nanos);

  /// From now on they only wait, and come back should they be cut off. Nothing that they have
  /// acknowledged may come again.
  void rest();

  /// Whether nothing is owed or under way any more.
  boolean isSettled();

  /// Whether everything that the broker has accepted was delivered.
  boolean owesNothing();

  /// What can only be judged at the end.
  void check();
}
