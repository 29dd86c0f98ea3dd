package io.holdfast.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One line of a scenario: a verb, words, and `key=value` or bare options, in the order in which
/// they stand. Text in double quotes is one word.
record Command(String verb, List<String> words) {
  static Command parse(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean any = false;
    for (char next : (line + " ").toCharArray()) {
      if (next == '"') {
        quoted = !quoted;
        any = true;
      } else if (next == ' ' && !quoted) {
        if (any) {
          words.add(word.toString());
          word.setLength(0);
          any = false;
        }
      } else {
        word.append(next);
        any = true;
      }
    }
    return new Command(words.getFirst(), words.subList(1, words.size()));
  }

  String word(int index) {
    return words.get(index);
  }

  boolean has(String flag) {
    return words.contains(flag);
  }

  /// What stands behind `key=`, the first time.
  Optional<String> option(String key) {
    return words.stream()
        .filter(word -> word.startsWith(key + "="))
        .map(word -> word.substring(key.length() + 1))
        .findFirst();
  }

  int number(String key, int otherwise) {
    return option(key).map(Integer::parseInt).orElse(otherwise);
  }

  long number(String key, long otherwise) {
    return option(key).map(Long::parseLong).orElse(otherwise);
  }
}
