package io.holdfast.server.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.core.Event;
import io.holdfast.server.logging.DropTally.Sum;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DropTallyTest {
  private final DropTally tally = new DropTally();

  private Optional<Sum> add(String clientId, long count, long nowMillis) {
    return tally.add(new Event.Dropped(clientId, Event.Reason.EXPIRED, count), nowMillis);
  }

  private static Sum sum(String clientId, long count) {
    return new Sum(clientId, Event.Reason.EXPIRED, count);
  }

  @Test
  void whatIsNotSaidAtOnceIsSaidAfterAMinuteByItself() {
    assertEquals(Optional.of(sum("a", 1)), add("a", 1, 0));
    assertEquals(Optional.empty(), add("a", 2, 1));
    assertEquals(Optional.of(sum("b", 5)), add("b", 5, 1));
    assertEquals(Optional.empty(), add("a", 3, 59_999));
    assertEquals(List.of(), tally.due(59_999));
    assertEquals(List.of(sum("a", 5)), tally.due(60_000));
    assertEquals(List.of(), tally.due(60_001));
  }

  @Test
  void aClientThatWasQuietIsToldOfAtOnceAgain() {
    add("a", 1, 0);
    assertEquals(List.of(), tally.due(60_000));
    assertEquals(Optional.of(sum("a", 1)), add("a", 1, 60_001));
  }

  @Test
  void nothingIsLostAtTheEnd() {
    add("a", 1, 0);
    add("a", 2, 1);
    assertEquals(List.of(sum("a", 2)), tally.rest());
  }

  @Test
  void veryManyClientsShareALine() {
    for (int i = 0; i < DropTally.CLIENTS_MAX; i++) {
      add("client " + i, 1, 0);
    }
    assertEquals(Optional.of(sum("other clients", 1)), add("one more", 1, 0));
    assertEquals(Optional.empty(), add("and another", 1, 0));
    assertEquals(Optional.empty(), add("client 7", 1, 0));
    assertEquals(List.of(sum("client 7", 1), sum("other clients", 1)), tally.due(60_000));
  }
}
