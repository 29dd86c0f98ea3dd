package io.holdfast.server.config;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.ListenerSettings;
import io.holdfast.server.logging.LogSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// All that the operator chose, checked.
///
/// @param listeners at least one
/// @param persistenceLocation where the data lie, unless the command line says otherwise
/// @param mosquittoStore the name of Mosquitto's own store, to be recognised beside the data
/// @param persistenceBytesMax how much of the disk the log may take, where the operator says so
/// @param keepsOnDisk false for an explicit `persistence false`: nothing outlives the process
/// @param user whom to run as, where the operator named somebody
/// @param warnings to be said at start, loudly
/// @param notices to be said at start
public record Configuration(
    List<Listener> listeners,
    BrokerSettings broker,
    Optional<Path> persistenceLocation,
    String mosquittoStore,
    OptionalLong persistenceBytesMax,
    boolean keepsOnDisk,
    Optional<Path> pidFile,
    LogSettings log,
    Optional<String> user,
    List<String> warnings,
    List<String> notices) {

  /// What stands when nobody says otherwise, as in Mosquitto 2.
  public static final int DEFAULT_PORT = 1883;

  public Configuration {
    listeners = List.copyOf(listeners);
    warnings = List.copyOf(warnings);
    notices = List.copyOf(notices);
  }

  /// For a broker inside of another program: on loopback, open to everybody there, silent.
  ///
  /// @param port 0 for any free one
  public static Configuration local(int port) {
    ListenerSettings settings = new ListenerSettings(true, -1, true, "auto-");
    return new Configuration(
        List.of(new Listener(Optional.of("127.0.0.1"), port, true, settings)),
        BrokerSettings.defaults(),
        Optional.empty(),
        "mosquitto.db",
        OptionalLong.empty(),
        true,
        Optional.empty(),
        LogSettings.silent(),
        Optional.empty(),
        List.of(),
        List.of());
  }
}
