package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/// The simulator's eye for the law of queues (P9).
class AccountReaderTest {
  private final AccountReader reader =
      new AccountReader(new StateHash(LongUnaryOperator.identity()), AccountReader::checkLaw);

  /// A queue with an entry that waits, one that is done and one behind a cursor.
  private void tell(long accepted, long handled, long waiting) {
    reader.thing("session", "alice");
    reader.number("accepted", accepted);
    reader.number("handled", handled);
    reader.number("waiting", waiting);
    reader.text("entry", "WAITING");
    reader.position("at", 1);
    reader.text("entry", "DONE");
    reader.number("backlog", 3);
    reader.text("cursor", "#");
    reader.number("backlog", 1);
    reader.thing("retained", "t");
    reader.position("at", 3);
    reader.end();
  }

  @Test
  void p9ALawThatHoldsIsLetPass() {
    tell(8, 3, 5);
  }

  @Test
  void p9ALawThatDoesNotHoldIsABrokenPromise() {
    assertEquals("P9", assertThrows(Violation.class, () -> tell(8, 2, 5)).promise());
  }

  @Test
  void p9WhatWaitsIsThere() {
    assertEquals("P9", assertThrows(Violation.class, () -> tell(8, 2, 6)).promise());
  }
}
