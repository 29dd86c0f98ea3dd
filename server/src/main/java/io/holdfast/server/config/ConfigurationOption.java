package io.holdfast.server.config;

import java.util.List;

/// One option of mosquitto.conf and what is done with it.
///
/// @param name as it stands in the file; with a `*` at the end for all that begin so
record ConfigurationOption(String name, Treatment treatment) {

  sealed interface Treatment {
    /// It means here what it means in Mosquitto.
    record Works(Reading reading) implements Treatment {}

    /// It is read and nothing needs to be done; `why` is said at start.
    record Accepted(String why) implements Treatment {}

    /// Without it the broker would be less safe than its operator thinks, or behave otherwise.
    ///
    /// @param harmless the values under which it asks for nothing, none where any value refuses
    record Refused(String why, List<String> harmless) implements Treatment {}
  }

  /// Takes one line into the draft.
  interface Reading {
    void read(ConfigurationDraft draft, ConfigurationLine line) throws ConfigurationException;
  }

  boolean isNamed(String option) {
    return name.endsWith("*")
        ? option.startsWith(name.substring(0, name.length() - 1))
        : option.equals(name);
  }

  void apply(ConfigurationDraft draft, ConfigurationLine line) throws ConfigurationException {
    switch (treatment) {
      case Treatment.Works works -> works.reading().read(draft, line);
      case Treatment.Accepted accepted -> {
        line.text();
        draft.remarks.accept(line.option(), accepted.why());
      }
      case Treatment.Refused refused -> {
        if (refused.harmless().isEmpty() || !refused.harmless().contains(line.words().get(0))) {
          throw line.error(refused.why());
        }
      }
    }
  }
}
