package io.holdfast.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What fuzzing once found worth keeping is told again, the inputs that broke something included.
class CorpusTest {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  @ParameterizedTest
  @EnumSource(Target.class)
  void noInputThatWasKeptBreaksAPromise(Target target) throws IOException {
    List<Path> inputs = target.inputs();
    assertFalse(inputs.isEmpty(), "there are inputs");
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      assertTimeoutPreemptively(LONGEST, () -> tell(target, bytes), input::toString);
    }
    tell(target, new byte[0]);
  }

  private static void tell(Target target, byte[] input) {
    try {
      target.tell(input);
    } catch (IOException | RuntimeException broken) {
      throw new AssertionError("a promise is broken", broken);
    }
  }
}
