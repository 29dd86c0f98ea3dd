package io.holdfast.core.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.record.LogRecord.Cursor;
import io.holdfast.protocol.packet.QoS;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final int NUMBER = 5_000;

  private final Arrivals arrivals = new Arrivals();

  private Queue queue(long bornAt) {
    return new Queue(NUMBER, true, bornAt, 0, arrivals);
  }

  @Test
  void aMessageForAnAbsentConsumerIsBacklog() {
    Queue queue = queue(10);
    assertTrue(arrivals.add(NUMBER, 20));
    assertTrue(arrivals.add(NUMBER, 30));
    assertEquals(2, queue.backlogCount());
    assertEquals(20, queue.backlogFrom());
    assertEquals(2, queue.waiting());
    assertEquals(2, queue.tail());
    assertEquals(2, queue.account().accepted());
  }

  @Test
  void aRecordFromBeforeAQueueWasMadeDoesNotCountForIt() {
    Queue queue = queue(10);
    assertFalse(arrivals.add(NUMBER, 9));
    assertEquals(0, queue.waiting());
  }

  @Test
  void aQueueWhoseConsumerIsThereTakesItsMessagesItself() {
    Queue queue = queue(10);
    queue.window(100);
    assertFalse(arrivals.add(NUMBER, 20));
    queue.window(0);
    assertTrue(arrivals.add(NUMBER, 20));
  }

  @Test
  void nothingOvertakesACursor() {
    Queue queue = queue(10);
    queue.begin(new Cursor("a/#", QoS.AT_LEAST_ONCE, 0, 20, Optional.empty()), 20);
    assertFalse(arrivals.add(NUMBER, 30));
    queue.endCursor("a/#", 40);
    assertTrue(arrivals.add(NUMBER, 50));
    assertEquals(1, queue.waiting());
  }

  @Test
  void whatWasLoadedIsBacklogNoMore() {
    Queue queue = queue(10);
    arrivals.add(NUMBER, 16);
    arrivals.add(NUMBER, 24);
    queue.window(100);
    queue.load(new long[] {Entry.of(16, QoS.AT_LEAST_ONCE, false)}, 17);
    assertEquals(1, queue.backlogCount());
    assertEquals(17, queue.backlogFrom());
    queue.load(new long[] {Entry.of(24, QoS.AT_LEAST_ONCE, false)}, 25);
    assertFalse(queue.hasBacklog());
    assertEquals(0, queue.backlogFrom());
    assertEquals(2, queue.waiting());
  }

  @Test
  void theNextOwnerOfANumberStartsWithNothing() {
    queue(10);
    arrivals.add(NUMBER, 20);
    arrivals.clear(NUMBER);
    assertFalse(arrivals.add(NUMBER, 30), "nobody has the number");
    Queue next = queue(40);
    assertEquals(0, next.waiting());
    assertEquals(0, next.account().accepted());
  }
}
