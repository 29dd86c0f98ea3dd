package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class LedgerTest {
  private final Ledger ledger = new Ledger();

  @Test
  void messagesInOrderAreClean() {
    deliver(0, 1, 2, 3);
    expect(4, 0, 0, 0);
  }

  @Test
  void whatWasAcknowledgedAndNeverCameIsLost() {
    deliver(0, 1, 4, 5);
    expect(6, 2, 0, 0);
  }

  @Test
  void theTailCanBeLostToo() {
    deliver(0, 1);
    expect(5, 3, 0, 0);
  }

  @Test
  void whatWasNeverAcknowledgedIsNotLost() {
    deliver(0, 4);
    expect(3, 2, 0, 0);
    expect(1, 0, 0, 0);
  }

  @Test
  void aMessageThatComesAgainIsADuplicate() {
    deliver(0, 1, 1, 2, 0);
    expect(3, 0, 2, 0);
  }

  @Test
  void aMessageThatComesLateIsReordered() {
    deliver(1, 0, 2);
    expect(3, 0, 0, 1);
  }

  @Test
  void aGapIsFilledFromAnywhere() {
    deliver(0, 9, 5, 1, 8, 5, 3);
    expect(10, 4, 1, 4);
  }

  private void deliver(long... sequences) {
    LongStream.of(sequences).forEach(ledger::delivered);
  }

  private void expect(long acknowledged, long lost, long duplicated, long reordered) {
    assertEquals(lost, ledger.lost(acknowledged), "lost");
    assertEquals(duplicated, ledger.duplicated(), "duplicated");
    assertEquals(reordered, ledger.reordered(), "reordered");
  }
}
