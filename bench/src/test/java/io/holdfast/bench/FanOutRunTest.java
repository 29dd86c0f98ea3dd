package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FanOutRunTest {
  @Test
  void everyFigureIsTold() throws Exception {
    List<String> lines = new ArrayList<>();
    FanOut fanOut = new FanOut(MqttVersion.V311, 64, 5, 30, 3, 40, 20, 1);
    try (NullBroker broker = new NullBroker(NullBroker.Faults.NONE)) {
      new FanOutRun(
              fanOut,
              broker.listen(0),
              WatchedProcess.own(),
              "no-such-thread",
              new Figures(lines::add))
          .run();
    }
    for (String figure :
        List.of("core_ms=", "bytes_beyond=", "alone_p99_us=", "window20_p99_us=")) {
      assertTrue(lines.stream().anyMatch(line -> line.contains(figure)), figure + " in " + lines);
    }
  }

  @Test
  void nothingIsPublishedBeyondWhatWasAskedFor() {
    for (int publishes : new int[] {20, 60, 1_000, 100_000}) {
      FanOut fanOut = new FanOut(MqttVersion.V311, 64, 5, 30, 3, publishes, 20, 1);
      int slices = fanOut.slices() * fanOut.perSlice();
      int all = fanOut.warmUp() + slices + 2 * fanOut.beside();
      assertTrue(all <= publishes, publishes + " became " + all);
      assertEquals(publishes, all, fanOut.slices());
    }
  }
}
