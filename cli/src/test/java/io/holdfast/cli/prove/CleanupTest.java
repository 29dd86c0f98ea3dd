package io.holdfast.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is made is undone, whatever happens.
class CleanupTest {
  private final Cleanup cleanup = new Cleanup();
  private final List<String> undone = new ArrayList<>();

  private void hold(String what) throws IOException {
    cleanup.hold(() -> what, undone::add);
  }

  @Test
  void theLastIsUndoneFirst() throws Exception {
    hold("folder");
    hold("process");
    assertEquals(List.of(), cleanup.undo());
    assertEquals(List.of("process", "folder"), undone);
  }

  @Test
  void whatFailsDoesNotStopTheRestAndIsTold() throws Exception {
    hold("folder");
    cleanup.hold(
        () -> "disk",
        disk -> {
          throw new IOException("busy");
        });
    assertEquals("busy", cleanup.undo().getFirst().getMessage());
    assertEquals(List.of("folder"), undone);
  }

  @Test
  void nothingIsMadeOnceItIsOver() throws Exception {
    cleanup.close();
    assertThrows(IOException.class, () -> hold("process"));
    assertEquals(List.of(), undone);
  }
}
