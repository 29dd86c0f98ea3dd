package io.holdfast.cli.prove.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeardownTest {
  private final List<String> undone = new ArrayList<>();
  private final Teardown teardown = new Teardown();

  @Test
  void theLatestIsUndoneFirstAndWhatFailsKeepsNothingElse() throws IOException {
    setUp("first");
    teardown.setUp(
        () -> {},
        () -> {
          throw new IOException("it sticks");
        });
    setUp("last");
    IOException failure = assertThrows(IOException.class, teardown::close);
    assertEquals("it sticks", failure.getMessage());
    assertEquals(List.of("last", "first"), undone);
  }

  @Test
  void whatWasSetUpHalfIsUndoneToo() throws IOException {
    assertThrows(
        IOException.class,
        () ->
            teardown.setUp(
                () -> {
                  throw new IOException("half-way");
                },
                () -> undone.add("half")));
    teardown.close();
    assertEquals(List.of("half"), undone);
  }

  @Test
  void nothingIsSetUpOnceItIsClosed() throws IOException {
    teardown.close();
    assertThrows(IOException.class, () -> setUp("late"));
    teardown.close();
    assertEquals(List.of(), undone);
  }

  private void setUp(String what) throws IOException {
    teardown.setUp(() -> {}, () -> undone.add(what));
  }
}
