package io.holdfast.simulator;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Limits;
import io.holdfast.core.ListenerSettings;
import io.holdfast.core.QueueLimit;
import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.log.LogOptions;
import io.holdfast.log.SpaceLimit;
import java.util.List;
import java.util.random.RandomGenerator;

/// All that a seed draws before anything happens: what the operator chose, how the machine is, and
/// how often it dies. Everything is small, so that every border is met.
record SimOptions(
    BrokerSettings settings,
    ListenerSettings listener,
    LogOptions log,
    Transport transport,
    DiskHabits diskHabits,
    NetworkHabits networkHabits,
    int crashes) {
  private static final int CRASHES_MIN = 3;

  /// One more comes in peace.
  private static final int CRASHES_MAX = 9;

  private static final int SECTOR = 4096;

  static SimOptions draw(RandomGenerator random) {
    return new SimOptions(
        settings(random),
        new ListenerSettings(true, -1, true, "auto-"),
        log(random),
        Transport.draw(random),
        DiskHabits.draw(random),
        NetworkHabits.draw(random),
        CRASHES_MIN + random.nextInt(CRASHES_MAX - CRASHES_MIN + 1));
  }

  private static BrokerSettings settings(RandomGenerator random) {
    return new BrokerSettings(
        1 + random.nextInt(20),
        random.nextInt(4),
        seldom(random) ? 64 << 10 : Limits.PACKET_BYTES_MAX,
        seldom(random) ? 1000 + random.nextInt(2000) : 0,
        seldom(random) ? 5 + random.nextInt(60) : 65535,
        seldom(random) ? 1 + random.nextInt(100) : -1,
        seldom(random),
        true,
        seldom(random) ? 10 : 0,
        queueLimit(random),
        new Limits(
            1000,
            20,
            1 + random.nextInt(20),
            1 + random.nextInt(10),
            10_000,
            1 + random.nextInt(12),
            1 + random.nextInt(40),
            1 << random.nextInt(17),
            2,
            2000));
  }

  private static QueueLimit queueLimit(RandomGenerator random) {
    if (random.nextBoolean()) {
      return QueueLimit.NONE;
    }
    Policy policy =
        switch (random.nextInt(4)) {
          case 0 -> Policy.REJECT;
          case 1 -> Policy.DROP_NEWEST;
          default -> Policy.DROP_OLDEST;
        };
    return new QueueLimit(
        2 + random.nextInt(random.nextBoolean() ? 6 : 40),
        List.of(new Rule(policy, new Scope.Everything())));
  }

  private static boolean seldom(RandomGenerator random) {
    return random.nextInt(5) == 0;
  }

  private static LogOptions log(RandomGenerator random) {
    int first = SECTOR * (2 + random.nextInt(6));
    int segment = SECTOR * (4 + random.nextInt(16));
    return new LogOptions(
        Math.min(first, segment),
        segment,
        SECTOR * (6 + random.nextInt(10)),
        SECTOR * (1 + random.nextInt(4)),
        (long) SECTOR * random.nextInt(12),
        0,
        (long) SECTOR * (6 + random.nextInt(random.nextInt(5) < 2 ? 1000 : 40)),
        seldom(random) ? random.nextInt(1000) : 0,
        new SpaceLimit(SpaceLimit.UNLIMITED, seldom(random) ? SECTOR * random.nextInt(20) : 0));
  }
}
