package io.holdfast.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The counting itself can tell.
class LedgerTest {
  private static final int QOS_1 = 0;
  private static final int QOS_2 = 1;

  private final Ledger ledger = new Ledger(2, 3, 2);

  private void acknowledged(int stream, int number) {
    ledger.sent(new Numbered(stream, number));
    ledger.acknowledged(new Numbered(stream, number));
  }

  private void arrivedEverywhere(int stream, int number) {
    for (int consumer = 0; consumer < 3; consumer++) {
      ledger.arrived(consumer, new Numbered(stream, number), false);
    }
  }

  @Test
  void whatCameEverywhereOnceIsWell() throws Exception {
    for (int number = 0; number < 3000; number++) {
      acknowledged(QOS_1, number);
      acknowledged(QOS_2, number);
      arrivedEverywhere(QOS_1, number);
      arrivedEverywhere(QOS_2, number);
    }
    assertTrue(ledger.awaitArrived(0));
    assertEquals(List.of(), ledger.violations());
    assertEquals(new Tally(6000, 6000, 0, 0, 0), ledger.tally());
  }

  @Test
  void whatWasAcknowledgedAndCameToSomeOnlyIsLost() throws Exception {
    acknowledged(QOS_1, 0);
    ledger.arrived(0, new Numbered(QOS_1, 0), false);
    ledger.arrived(2, new Numbered(QOS_1, 0), false);
    assertEquals(1, ledger.lost());
    assertFalse(ledger.awaitArrived(0));
  }

  @Test
  void whatWasNotAcknowledgedIsNotLost() {
    ledger.sent(new Numbered(QOS_1, 0));
    assertEquals(0, ledger.lost());
  }

  @Test
  void atQoS2NothingMayComeTwice() {
    ledger.sent(new Numbered(QOS_2, 0));
    ledger.sent(new Numbered(QOS_2, 0));
    arrivedEverywhere(QOS_2, 0);
    assertEquals(0, ledger.tally().duplicated());
    arrivedEverywhere(QOS_2, 0);
    assertEquals(3, ledger.tally().duplicated());
  }

  @Test
  void atQoS1WhatWasSentTwiceMayComeTwiceAndNotMore() {
    ledger.sent(new Numbered(QOS_1, 0));
    ledger.sent(new Numbered(QOS_1, 0));
    ledger.arrived(0, new Numbered(QOS_1, 0), false);
    ledger.arrived(0, new Numbered(QOS_1, 0), false);
    assertEquals(0, ledger.tally().duplicated());
    ledger.arrived(0, new Numbered(QOS_1, 0), false);
    assertEquals(1, ledger.tally().duplicated());
  }

  @Test
  void whatWasRefusedMayBeMissingOrComeInItsTurn() {
    for (int number = 0; number < 4; number++) {
      ledger.sent(new Numbered(QOS_1, number));
    }
    // The first may have been taken before, when no answer came: it was sent twice.
    ledger.sent(new Numbered(QOS_1, 0));
    ledger.refused(new Numbered(QOS_1, 0));
    ledger.refused(new Numbered(QOS_1, 1));
    ledger.refused(new Numbered(QOS_1, 2));
    for (int number : new int[] {0, 2, 3}) {
      ledger.arrived(0, new Numbered(QOS_1, number), false);
    }
    ledger.arrived(1, new Numbered(QOS_1, 3), false);
    assertEquals(List.of(), ledger.violations());
    assertEquals(0, ledger.tally().outOfOrder());
    ledger.arrived(0, new Numbered(QOS_1, 1), false);
    assertEquals(1, ledger.tally().outOfOrder());
  }

  @Test
  void orderIsThatOfTheStreamButInAGroup() {
    for (int number : new int[] {1, 0}) {
      acknowledged(QOS_1, number);
      ledger.arrived(2, new Numbered(QOS_1, number), false);
    }
    assertEquals(0, ledger.tally().outOfOrder());
    ledger.arrived(0, new Numbered(QOS_1, 1), false);
    ledger.arrived(0, new Numbered(QOS_1, 0), false);
    assertEquals(1, ledger.tally().outOfOrder());
  }
}
