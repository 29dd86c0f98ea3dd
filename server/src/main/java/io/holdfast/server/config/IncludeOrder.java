package io.holdfast.server.config;

import java.util.Comparator;

/// The order in which Mosquitto reads the files of an `include_dir`: letter by letter, without
/// regard to case, and where only the case differs upper before lower: `00 A a B b`.
final class IncludeOrder implements Comparator<String> {
  @Override
  public int compare(String left, String right) {
    int shorter = Math.min(left.length(), right.length());
    for (int i = 0; i < shorter; i++) {
      int order = Character.compare(upper(left.charAt(i)), upper(right.charAt(i)));
      if (order == 0) {
        order = Character.compare(left.charAt(i), right.charAt(i));
      }
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /// Of ASCII letters only, as in the C locale.
  private static char upper(char letter) {
    return letter >= 'a' && letter <= 'z' ? (char) (letter - 'a' + 'A') : letter;
  }
}
