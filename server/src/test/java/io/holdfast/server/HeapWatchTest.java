package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.MemoryUsage;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeapWatchTest {
  private static final long SECOND = 1_000_000_000L;

  private Optional<MemoryUsage> left = Optional.empty();
  private int collections;
  private final HeapWatch watch = new HeapWatch(() -> left, () -> collections++);

  private void left(int percent) {
    left = Optional.of(new MemoryUsage(0, percent, 100, 100));
  }

  @Test
  void beforeTheFirstCollectionNothingIsFull() {
    assertFalse(watch.isFull(0));
  }

  @Test
  void itIsFullUntilThereIsSomeRoom() {
    left(84);
    assertFalse(watch.isFull(0));
    left(85);
    assertTrue(watch.isFull(SECOND));
    left(81);
    assertTrue(watch.isFull(2 * SECOND));
    left(79);
    assertFalse(watch.isFull(3 * SECOND));
    left(81);
    assertFalse(watch.isFull(4 * SECOND));
  }

  @Test
  void aFullHeapIsCollectedOnceAMinute() {
    left(90);
    for (int second = 0; second < 59; second++) {
      assertTrue(watch.isFull(second * SECOND));
    }
    assertEquals(0, collections);
    watch.isFull(60 * SECOND);
    watch.isFull(61 * SECOND);
    assertEquals(1, collections);
    watch.isFull(120 * SECOND);
    assertEquals(2, collections);
  }

  @Test
  void theHeapOfThisProcessIsKnown() {
    System.gc();
    assertFalse(HeapWatch.ofThisProcess().isFull(0));
  }
}
