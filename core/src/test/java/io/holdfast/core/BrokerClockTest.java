package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BrokerClockTest {
  private static final long DAY = 24L * 3600 * 1000;

  @Test
  void aFirstStartBelievesTheWallClock() {
    assertEquals(123, BrokerClock.baseMillis(0, 123));
  }

  @Test
  void aWallClockThatWentBackDoesNotMoveTheTimeBack() {
    assertEquals(1000 * DAY, BrokerClock.baseMillis(1000 * DAY, 0));
  }

  @Test
  void aWallClockIsFollowedForADayAndNotForAYear() {
    assertEquals(1001 * DAY, BrokerClock.baseMillis(1000 * DAY, 1001 * DAY));
    assertEquals(1030 * DAY, BrokerClock.baseMillis(1000 * DAY, 1365 * DAY));
  }

  @Test
  void aWallClockThatTellsNoTimeAtAllIsNotBelieved() {
    assertEquals(0, BrokerClock.baseMillis(0, -1));
    assertEquals(BrokerClock.MILLIS_MAX, BrokerClock.baseMillis(0, Long.MAX_VALUE));
  }

  @Test
  void timeGoesOnWithTheMonotonicClock() {
    BrokerClock clock = new BrokerClock(5000, -2_000_000);
    assertEquals(5000, clock.millisAt(-2_000_000));
    assertEquals(5003, clock.millisAt(1_500_000));
  }
}
