package io.holdfast.server.config;

import io.holdfast.core.ListenerSettings;
import java.util.Optional;

/// The options of one listener, as far as they were read.
final class ListenerDraft {
  int port;
  Optional<String> host;
  int connectionsMax = -1;

  /// The line that set it, which is to blame where listeners differ.
  Optional<ConfigurationLine> topicAliasLine = Optional.empty();

  int topicAliasMaximum;

  /// The first option that makes a default listener exist although nobody asked for a port.
  Optional<ConfigurationLine> calledUpBy = Optional.empty();

  final Access access = new Access();

  ListenerDraft(int port, Optional<String> host, int topicAliasMaximum) {
    this.port = port;
    this.host = host;
    this.topicAliasMaximum = topicAliasMaximum;
  }

  /// Who may come in, and under which name. `per_listener_settings` says whose it is.
  static final class Access {
    Optional<Boolean> allowAnonymous = Optional.empty();
    boolean allowZeroLengthClientId = true;
    Optional<String> autoIdPrefix = Optional.empty();
  }

  void callUp(ConfigurationLine line) {
    if (calledUpBy.isEmpty()) {
      calledUpBy = Optional.of(line);
    }
  }

  /// @param isOpenUnlessToldOtherwise whether clients without a name may come in by default
  ListenerSettings settings(Access chosen, boolean isOpenUnlessToldOtherwise) {
    return new ListenerSettings(
        chosen.allowAnonymous.orElse(isOpenUnlessToldOtherwise),
        connectionsMax,
        chosen.allowZeroLengthClientId,
        chosen.autoIdPrefix.orElse("auto-"));
  }
}
