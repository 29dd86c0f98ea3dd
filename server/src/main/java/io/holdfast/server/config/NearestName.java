package io.holdfast.server.config;

import java.util.List;
import java.util.Optional;

/// Guesses which of the names that exist was meant by one that does not.
final class NearestName {
  private NearestName() {}

  /// The name with the fewest letters to change, or empty where even that one is far.
  static Optional<String> to(String wrong, List<String> names) {
    Optional<String> nearest = Optional.empty();
    int fewest = 1 + Math.max(2, wrong.length() / 4);
    for (String name : names) {
      int changes = changes(wrong, name);
      if (changes < fewest) {
        fewest = changes;
        nearest = Optional.of(name);
      }
    }
    return nearest;
  }

  /// Letters to insert, remove or replace (Levenshtein's distance), one row of the table at a time.
  private static int changes(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
