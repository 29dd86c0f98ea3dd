package io.holdfast.cli.prove;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is seen while the trials run.
class ProveConsoleTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private ProveConsole console(boolean isTerminal) {
    return new ProveConsole(new PrintStream(bytes, true, UTF_8), isTerminal, 4);
  }

  private String shown() {
    return bytes.toString(UTF_8);
  }

  @Test
  void aTerminalHasABarThatIsGoneAtTheEnd() {
    ProveConsole console = console(true);
    console.begin("one");
    console.begin("two");
    console.step(3, 6, "kills");
    List<String> bars = List.of(shown().split("\r", -1));
    assertTrue(bars.getLast().startsWith("[#######.............] 2/4 two 3 of 6 kills "), shown());
    assertTrue(bars.getLast().endsWith(" 0:00"), shown());
    assertTrue(bars.stream().allMatch(bar -> bar.length() < 80), shown());
    console.end();
    assertTrue(shown().endsWith("\r" + " ".repeat(78) + "\r"), shown());
  }

  @Test
  void nothingIsShownAfterTheEnd() {
    ProveConsole console = console(true);
    console.begin("one");
    console.end();
    int length = shown().length();
    console.step(1, 2, "kills");
    console.begin("two");
    console.end();
    assertEquals(length, shown().length());
  }

  @Test
  void elsewhereEachTrialHasALine() {
    ProveConsole console = console(false);
    console.begin("one");
    console.step(1, 2, "kills");
    console.begin("two");
    console.end();
    assertEquals("1 of 4: one\n2 of 4: two\n", shown().replace(System.lineSeparator(), "\n"));
  }
}
