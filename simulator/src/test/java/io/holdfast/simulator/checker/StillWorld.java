package io.holdfast.simulator.checker;

import io.holdfast.core.queue.QueueAccount;
import io.holdfast.simulator.workload.Caller;
import io.holdfast.simulator.workload.ClientEnd;
import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// A world in which nothing happens but what a test says.
final class StillWorld implements World {
  private final RandomGenerator random = new SplittableRandom(1);
  private int crashes;
  private long millis;
  private boolean faulty = true;
  private boolean lacksSpace;

  /// What the broker says.
  final Map<String, QueueAccount> accounts = new HashMap<>();

  void crash() {
    crashes++;
  }

  void pass(long moreMillis) {
    millis += moreMillis;
  }

  void lackSpace() {
    lacksSpace = true;
  }

  void heal() {
    faulty = false;
  }

  @Override
  public long nowNanos() {
    return millis * 1_000_000;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void after(long nanos, Runnable event) {
    throw new IllegalStateException("checkers look, and do nothing");
  }

  @Override
  public ClientEnd dial(Caller caller) {
    throw new IllegalStateException("checkers look, and do nothing");
  }

  @Override
  public boolean isFaulty() {
    return faulty;
  }

  @Override
  public boolean mayHaveLackedSpaceSince(long nanos) {
    return lacksSpace;
  }

  @Override
  public void reached(Reached what) {}

  @Override
  public int crashes() {
    return crashes;
  }

  @Override
  public long latestMillis() {
    return millis;
  }

  @Override
  public Map<String, QueueAccount> accounts() {
    return accounts;
  }

  @Override
  public boolean isTraced() {
    return false;
  }

  @Override
  public void trace(String line) {}

  @Override
  public AssertionError violation(String promise, String what) {
    return new AssertionError(promise + ": " + what);
  }
}
