package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.core.queue.Arrivals;
import io.holdfast.core.queue.DropCounters;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.QueueImage;
import io.holdfast.core.record.LogRecord.Restarted;
import io.holdfast.core.record.LogRecord.SessionOpened;
import io.holdfast.core.record.LogRecord.SharedAssigned;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The log vouches for what recovery reads. What no broker writes stops this one by the name of a
/// broken invariant, before it takes memory or time for it.
class RecoveredNonsenseTest {
  @Test
  void aNumberTakesNoMemoryForTheNumbersBelowIt() {
    int number = Integer.MAX_VALUE - 1;
    DurableState state = empty();
    state.apply(1, opened(number));
    Session session = Optional.ofNullable(state.numbers().session(number)).orElseThrow();
    assertEquals("alice", session.clientId());
    assertEquals(Optional.empty(), Optional.ofNullable(state.numbers().get(number - 1)));
  }

  @Test
  void aSessionHasANumber() {
    assertBroken(opened(-1));
    assertBroken(opened(Integer.MAX_VALUE));
  }

  @Test
  void somethingIsAssigned() {
    assertBroken(new SharedAssigned(1, 2, QoS.AT_MOST_ONCE, false, 0, new long[0]));
  }

  /// Later ones end in an overflow when something is added to them.
  @Test
  void aTimeIsOneThatAClockTells() {
    assertBroken(new Restarted(-1));
    assertBroken(new Restarted(Long.MAX_VALUE - 1));
    empty().apply(1, new Restarted(BrokerClock.MILLIS_MAX));
  }

  @Test
  void aQueueIsOneThatThereCanBe() {
    assertThrows(IllegalStateException.class, () -> queue(-1, new long[0], new long[0]));
    assertThrows(IllegalStateException.class, () -> queue(0, new long[] {3}, new long[0]));
    assertThrows(
        IllegalStateException.class, () -> queue(0, new long[0], new long[DropCounters.COUNT + 1]));
  }

  private static Queue queue(long head, long[] entries, long[] dropped) {
    return Queue.of(
        1,
        1,
        new QueueImage(1, head, 0, entries, 0, 0, List.of(), dropped, List.of(), 0, 0, 0),
        new Arrivals());
  }

  private static SessionOpened opened(int number) {
    return new SessionOpened(
        1, "alice", false, number, ProtocolVersion.V5, 100, 0, Optional.empty());
  }

  private static DurableState empty() {
    return new DurableState(Limits.DEFAULT, DurableState.Listener.NOBODY);
  }

  private static void assertBroken(LogRecord record) {
    DurableState state = empty();
    assertThrows(IllegalStateException.class, () -> state.apply(1, record));
  }
}
