package io.holdfast.cli;

import java.util.Optional;

/// Mosquitto gives up root's rights for those of its `user`; a Java program cannot. What is not
/// done is said.
final class RunningUser {
  private RunningUser() {}

  /// @param running whom this process runs as
  /// @param wanted whom the configuration names
  /// @return what to say about it
  static Optional<String> remark(String running, Optional<String> wanted) {
    if (!running.equals("root") || wanted.filter(running::equals).isPresent()) {
      return Optional.empty();
    }
    String user = wanted.orElse("mosquitto");
    return Optional.of(
        "Running as root, and staying it: Holdfast does not change its user. To run as %s, start it so: `User=%s` in a systemd unit, or `setpriv --reuid=%s --regid=%s --init-groups`."
            .formatted(user, user, user, user));
  }
}
