package io.holdfast.cli.prove;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/// How long each restart took: from the start of the process to the first client that was accepted.
///
/// @param millis in their order
record Restarts(List<Long> millis) {
  static final Restarts NONE = new Restarts(List.of());

  Restarts {
    millis = List.copyOf(millis);
  }

  Restarts plus(long one) {
    List<Long> more = new ArrayList<>(millis);
    more.add(one);
    return new Restarts(more);
  }

  OptionalLong median() {
    List<Long> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    return sorted.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sorted.get(sorted.size() / 2));
  }

  OptionalLong longest() {
    return millis.stream().mapToLong(Long::longValue).max();
  }
}
