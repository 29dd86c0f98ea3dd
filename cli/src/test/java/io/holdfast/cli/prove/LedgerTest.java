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
      ledger.arrived(consumer, new Numbered(stream, number));
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
    assertEquals(0, ledger.lost() + ledger.duplicated() + ledger.outOfOrder());
  }

  @Test
  void whatWasAcknowledgedAndCameToSomeOnlyIsLost() throws Exception {
    acknowledged(QOS_1, 0);
    ledger.arrived(0, new Numbered(QOS_1, 0));
    ledger.arrived(2, new Numbered(QOS_1, 0));
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
    assertEquals(0, ledger.duplicated());
    arrivedEverywhere(QOS_2, 0);
    assertEquals(3, ledger.duplicated());
  }

  @Test
  void atQoS1WhatWasSentTwiceMayComeTwiceAndNotMore() {
    ledger.sent(new Numbered(QOS_1, 0));
    ledger.sent(new Numbered(QOS_1, 0));
    ledger.arrived(0, new Numbered(QOS_1, 0));
    ledger.arrived(0, new Numbered(QOS_1, 0));
    assertEquals(0, ledger.duplicated());
    ledger.arrived(0, new Numbered(QOS_1, 0));
    assertEquals(1, ledger.duplicated());
  }

  @Test
  void orderIsThatOfTheStreamButInAGroup() {
    for (int number : new int[] {1, 0}) {
      acknowledged(QOS_1, number);
      ledger.arrived(2, new Numbered(QOS_1, number));
    }
    assertEquals(0, ledger.outOfOrder());
    ledger.arrived(0, new Numbered(QOS_1, 1));
    assertEquals(1, ledger.outOfOrder());
  }
}
