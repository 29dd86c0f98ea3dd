package io.holdfast.simulator.workload;

import io.holdfast.core.BrokerSettings;

/// The clients of one seed: a handful, drawn so that they meet.
public final class Workload implements Inhabitants {
  private final World world;
  private final BrokerSettings settings;

  /// @param settings what the operator chose, which clients get to feel
  public Workload(World world, BrokerSettings settings) {
    this.world = world;
    this.settings = settings;
  }

  /// Draws the clients, and lets them begin.
  @Override
  public void start() {}

  /// From now on nobody misbehaves, and everybody comes back, reads and acknowledges.
  @Override
  public void heal() {}

  /// Whether nothing is owed or under way any more. Only of interest after `heal`.
  @Override
  public boolean isSettled() {
    return true;
  }

  /// What can only be judged at the end. Once `isSettled`, or when time is up: what is still owed
  /// then is lost.
  @Override
  public void check() {}
}
