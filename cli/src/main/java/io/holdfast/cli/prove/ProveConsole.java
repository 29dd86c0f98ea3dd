package io.holdfast.cli.prove;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/// What a person sees while the trials run: a bar on a terminal, a line for each trial elsewhere.
/// Any thread may call it.
final class ProveConsole {
  private static final int BAR_WIDTH = 20;
  private static final int LINE_WIDTH = 78;

  private final PrintStream out;
  private final boolean isTerminal;
  private final int trials;
  private final long startNanos = System.nanoTime();
  private int index;
  private String trial = "";
  private boolean isOver;

  /// @param trials how many there will be
  ProveConsole(PrintStream out, boolean isTerminal, int trials) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.trials = trials;
  }

  /// The next trial begins.
  synchronized void begin(String name) {
    index++;
    trial = name;
    if (isTerminal) {
      show(0, 1, "");
    } else if (!isOver) {
      out.printf("%d of %d: %s%n", index, trials, name);
    }
  }

  /// How far it is.
  synchronized void step(int done, int all, String what) {
    if (isTerminal) {
      show(done, all, "%d of %d %s".formatted(done, all, what));
    }
  }

  private void show(int done, int all, String what) {
    if (isOver) {
      return;
    }
    double share = (index - 1 + Math.min(1, (double) done / all)) / trials;
    int full = (int) (share * BAR_WIDTH);
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    String line =
        "[%s%s] %d/%d %s %s"
            .formatted("#".repeat(full), ".".repeat(BAR_WIDTH - full), index, trials, trial, what);
    String time = " %d:%02d".formatted(seconds / 60, seconds % 60);
    int room = LINE_WIDTH - time.length();
    String fitted = line.length() > room ? line.substring(0, room) : line;
    out.print("\r" + fitted + " ".repeat(room - fitted.length()) + time);
    out.flush();
  }

  /// Nothing more is shown, and the bar is gone.
  synchronized void end() {
    if (isTerminal && !isOver && index > 0) {
      out.print("\r" + " ".repeat(LINE_WIDTH) + "\r");
      out.flush();
    }
    isOver = true;
  }
}
