package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Random stories, as many as there is time for: `-Dseeds.seconds=`, from seed `-Dseeds.first=` on.
/// A failing seed is named; `-Dseeds.seconds=0 -Dseeds.first=SEED -Dseeds.trace=true` tells it
/// again, line by line.
class StoryTest {
  @Test
  void noStoryBreaksAPromise() {
    long seed = Long.getLong("seeds.first", 1);
    long nanos = TimeUnit.SECONDS.toNanos(Long.getLong("seeds.seconds", 5));
    long start = System.nanoTime();
    int told = 0;
    do {
      tell(seed++);
      told++;
    } while (System.nanoTime() - start < nanos);
    System.out.println("core stories told: " + told);
    assertTrue(told > 0, "at least one story is told");
  }

  private static void tell(long seed) {
    try {
      new Story(seed).tell();
    } catch (RuntimeException broken) {
      throw new IllegalStateException("seed " + seed + " breaks a promise", broken);
    }
  }
}
