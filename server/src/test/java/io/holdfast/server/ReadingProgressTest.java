package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.core.Event;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadingProgressTest {
  private static final long MIB = 1 << 20;

  private final List<Event> said = new ArrayList<>();
  private long millis;

  private final ReadingProgress progress =
      new ReadingProgress(
          new Watcher() {
            @Override
            public void observe(Event event) {
              said.add(event);
            }

            @Override
            public void fatal(String what, Throwable why) {
              throw new AssertionError(what, why);
            }
          },
          () -> millis * 1_000_000);

  private void at(long atMillis, long mib) {
    millis = atMillis;
    progress.at(mib * MIB, 100 * MIB);
  }

  @Test
  void aStartThatTakesMoreThanASecondSaysEachSecondHowFarItIs() {
    progress.begin();
    at(500, 10);
    at(1_000, 20);
    at(1_500, 30);
    at(2_100, 40);
    at(9_000, 100);
    assertEquals(
        List.of(
            new Event.Notice("Reading the log."),
            new Event.Notice("Reading the log: 20 of 100 MiB."),
            new Event.Notice("Reading the log: 40 of 100 MiB.")),
        said);
  }

  @Test
  void whereThereIsNothingToReadNothingIsSaid() {
    at(5_000, 0);
    assertEquals(List.of(), said);
  }
}
