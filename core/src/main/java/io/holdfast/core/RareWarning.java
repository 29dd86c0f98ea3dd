package io.holdfast.core;

import java.util.function.Supplier;

/// A warning that is given once a minute at most, however often there is reason for it.
final class RareWarning {
  private static final int INTERVAL_MILLIS = 60_000;

  private final Journal journal;
  private final Effects effects;
  private long saidMillis = -INTERVAL_MILLIS;

  RareWarning(Journal journal, Effects effects) {
    this.journal = journal;
    this.effects = effects;
  }

  void say(Supplier<String> text) {
    if (journal.nowMillis() - saidMillis >= INTERVAL_MILLIS) {
      saidMillis = journal.nowMillis();
      effects.observe(new Event.Warning(text.get()));
    }
  }
}
