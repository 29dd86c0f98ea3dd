package io.holdfast.bench;

import java.util.Locale;
import java.util.function.Consumer;

/// Tells each figure of a long run as soon as it is known, so that a broker that dies on the way
/// does not take those before with it: lines `result key=value ...`, for scripts.
record Figures(Consumer<String> lines) {
  static Figures toStandardOutput() {
    return new Figures(System.out::println);
  }

  void tell(String key, double value) {
    tell(String.format(Locale.ROOT, "%s=%.4f", key, value));
  }

  void tell(String key, long value) {
    tell(key + "=" + value);
  }

  void tell(String pairs) {
    lines.accept("result " + pairs);
  }
}
