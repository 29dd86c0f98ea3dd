package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.queue.Arrivals;
import io.holdfast.core.queue.Queue;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.QoS;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadingTest implements Effects {
  private static final int WINDOW = 10;

  private final Queue queue = new Queue(1, true, 0, 0, new Arrivals());
  private final List<Queue> woken = new ArrayList<>();
  private final Journal journal =
      new Journal(
          MemoryDriver.newLog(Integer.MAX_VALUE, bytes -> 1),
          new DurableState(Limits.DEFAULT, DurableState.Listener.NOBODY),
          0);
  private final FullQueues full =
      new FullQueues(journal, new Counters(this), this, BrokerSettings.defaults());
  private final Loading loading = new Loading(journal, full, WINDOW, woken::add);

  @Override
  public void send(int connection, Packet packet) {}

  @Override
  public boolean isWritable(int connection) {
    return true;
  }

  @Override
  public void close(int connection) {}

  @Override
  public void observe(Event event) {}

  /// What was handled may leave the queue long after its consumer has come to the window's end.
  @Test
  void aQueueWithoutFreePacketIdentifiersIsLookedAtAgain() {
    queue.window(Integer.MAX_VALUE);
    for (int i = 0; i <= Queue.SPAN_MAX; i++) {
      queue.enqueue(1 + i, QoS.AT_LEAST_ONCE, false);
    }
    queue.window(WINDOW);
    queue.enqueue(1 + queue.windowEnd(), QoS.AT_LEAST_ONCE, false);
    assertTrue(queue.hasBacklog());
    loading.reached(queue, queue.windowEnd());
    loading.goOn();
    assertEquals(List.of(queue), woken);
  }
}
