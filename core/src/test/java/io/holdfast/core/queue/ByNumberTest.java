package io.holdfast.core.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class ByNumberTest {
  private final ByNumber<String> things = new ByNumber<>();

  @Test
  void whatWasPutIsThere() {
    for (int number : new int[] {0, 1, 1023, 1024, 5000, 70_000}) {
      things.put(number, "thing " + number);
    }
    assertEquals("thing 1023", things.get(1023));
    assertEquals("thing 1024", things.get(1024));
    assertEquals("thing 70000", things.get(70_000));
    assertNull(things.get(2));
    assertNull(things.get(70_001));
    assertNull(things.get(-1));
  }

  @Test
  void onlyWhatHasTheNumberIsTakenAway() {
    things.put(3, "old");
    things.put(3, "new");
    assertFalse(things.remove(3, "old"));
    assertFalse(things.remove(4, "old"));
    assertTrue(things.remove(3, "new"));
    assertNull(things.get(3));
  }

  @Test
  void aLargeNumberTakesNoMemoryForTheNumbersBelowIt() {
    things.put(Integer.MAX_VALUE, "last");
    assertEquals("last", things.get(Integer.MAX_VALUE));
  }

  @Test
  void numbersThatAreFarFromEachOtherTakeLittleMemory() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    things.put(1, "Java's own loading is not counted");
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int number = 1; number > 0; number *= 2) {
      things.put(number, "far");
    }
    long taken = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(taken < 1 << 20, "took " + taken);
  }
}
