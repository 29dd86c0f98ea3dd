package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.record.LogRecord.Leftover;
import io.holdfast.core.record.LogRecord.LetGo;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeftoversTest {
  private static final Leftover LEFT = new Leftover(3, 10, 20, 90, 2);

  private final Leftovers leftovers = new Leftovers();

  private static LetGo one(long position) {
    return new LetGo(10, position + 1, new long[] {position}, new long[] {1});
  }

  /// A snapshot's last part is younger than the records that are read again from its beginning on.
  @Test
  void whatASnapshotHasLetGoAlreadyIsNotLetGoAgain() {
    leftovers.recover(100, List.of(LEFT));
    assertFalse(leftovers.apply(99, one(30)));
    assertEquals(List.of(LEFT), leftovers.all());
  }

  @Test
  void whatWasFoundIsLetGoUntilNothingIsLeft() {
    leftovers.recover(100, List.of(LEFT));
    assertTrue(leftovers.apply(100, one(30)));
    assertEquals(List.of(new Leftover(3, 10, 31, 90, 1)), leftovers.all());
    assertTrue(leftovers.apply(101, one(40)));
    assertEquals(List.of(), leftovers.all());
    assertFalse(leftovers.apply(102, one(50)));
  }
}
