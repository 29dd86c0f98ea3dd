package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.simulator.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Seeds, as many as there is time for: `-Dseeds.millis=`, from `-Dseeds.first=` on. Left out, that
/// is drawn from the commit, so that a rerun says the same and another commit sees others.
class SeedsTest {
  private static final long DEFAULT_MILLIS = 20_000;

  @Test
  @Tag("slow") // As many seeds as there is time for.
  void noSeedBreaksAPromise() throws IOException, InterruptedException {
    long until =
        System.nanoTime()
            + TimeUnit.MILLISECONDS.toNanos(Long.getLong("seeds.millis", DEFAULT_MILLIS));
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    Soak soak = new Soak(Workload::new, System::nanoTime, out);
    soak.run(firstSeed(), () -> System.nanoTime() < until || soak.seeds() < Soak.SEEDS_FOR_ALL);
    soak.table();
    assertEquals(List.of(), soak.failed());
    assertEquals(List.of(), soak.unreached());
  }

  private static long firstSeed() throws IOException, InterruptedException {
    Long first = Long.getLong("seeds.first");
    if (first != null) {
      return first;
    }
    Process git = new ProcessBuilder("git", "rev-parse", "HEAD").start();
    String hash = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    return git.waitFor() == 0 ? Long.parseLong(hash.substring(0, 8), 16) : 1;
  }

  @Test
  void aSeedTellsTheSameStoryTwice() {
    Outcome once = Simulation.run(7, TwoClients::new);
    Outcome again = Simulation.run(7, TwoClients::new);
    assertEquals(once.traceHash(), again.traceHash());
    assertEquals(once.simulatedNanos(), again.simulatedNanos());
  }

  @Test
  void anotherSeedTellsAnother() {
    Outcome once = Simulation.run(7, TwoClients::new);
    Outcome other = Simulation.run(8, TwoClients::new);
    assertNotEquals(once.traceHash(), other.traceHash());
  }

  @Test
  void tellingAStoryDoesNotChangeIt() {
    StringBuilder story = new StringBuilder();
    Outcome silent = Simulation.run(9, TwoClients::new);
    Outcome told = Simulation.show(9, TwoClients::new, line -> story.append(line).append('\n'));
    assertEquals(silent.traceHash(), told.traceHash());
    assertTrue(story.indexOf("crash") > 0, "the story names the crashes");
  }

  @Test
  void aSeedHasThreeToTenCrashes() {
    for (long seed = 0; seed < 10; seed++) {
      Outcome outcome = Simulation.run(seed, TwoClients::new);
      assertTrue(outcome.crashes() >= 3 && outcome.crashes() <= 10, outcome.crashes() + " crashes");
    }
  }
}
