package io.holdfast.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is to be said at start about the configuration. Options that are accepted for one reason
/// share one line.
final class Remarks {
  private final List<String> warnings = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final Map<String, List<String>> accepted = new LinkedHashMap<>();

  void warn(String warning) {
    warnings.add(warning);
  }

  void say(String notice) {
    notices.add(notice);
  }

  /// `option` needs nothing done, because of `why`.
  void accept(String option, String why) {
    List<String> options = accepted.computeIfAbsent(why, ignored -> new ArrayList<>());
    if (!options.contains(option)) {
      options.add(option);
    }
  }

  List<String> warnings() {
    return warnings;
  }

  List<String> notices() {
    List<String> all = new ArrayList<>(notices);
    accepted.forEach((why, options) -> all.add(String.join(", ", options) + ": " + why));
    return all;
  }
}
