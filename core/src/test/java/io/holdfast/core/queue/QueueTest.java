package io.holdfast.core.queue;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueueTest {
  /// A log vouches for records whose sense it does not know; the fuzzer wrote one.
  @Test
  void aRecordOfACursorThatWasNotBegunIsABrokenInvariant() {
    Queue queue = new Queue(1, true, 0, 0, new Arrivals());
    IllegalStateException broken =
        assertThrows(
            IllegalStateException.class, () -> queue.brought(new long[] {8}, Optional.of("t"), 16));
    assertTrue(String.valueOf(broken.getMessage()).contains("a cursor"), broken::getMessage);
  }
}
