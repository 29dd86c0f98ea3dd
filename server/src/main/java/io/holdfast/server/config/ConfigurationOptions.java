package io.holdfast.server.config;

import io.holdfast.server.config.ConfigurationOption.Reading;
import io.holdfast.server.config.ConfigurationOption.Treatment;
import java.util.List;
import java.util.Optional;

/// Every option that Mosquitto 2.0 knows, and a few of its successors', each with what is done with
/// it here. `docs/configuration.md` tells the same to operators.
final class ConfigurationOptions {
  static final String SAVED_AT_ONCE = "everything is saved at once, before it is acknowledged";

  private static final String USERS = "users and access rights are not built yet";
  private static final String TLS = "TLS is not built yet";
  private static final String BRIDGE = "bridges to other brokers are not built yet";
  private static final String PLUGIN = "plugins are not built";
  private static final String WEBSOCKETS = "WebSockets are not built yet";

  static final List<ConfigurationOption> ALL =
      List.of(
          // Listeners.
          works("listener", (draft, line) -> draft.listeners.listener(line)),
          works("port", (draft, line) -> draft.listeners.port(line)),
          works("bind_address", (draft, line) -> draft.listeners.bindAddress(line)),
          works("max_connections", (draft, line) -> draft.listeners.maxConnections(line)),
          works("allow_anonymous", (draft, line) -> draft.listeners.allowAnonymous(line)),
          works(
              "allow_zero_length_clientid",
              (draft, line) -> draft.listeners.allowZeroLengthClientId(line)),
          works("auto_id_prefix", (draft, line) -> draft.listeners.autoIdPrefix(line)),
          works(
              "per_listener_settings", (draft, line) -> draft.listeners.perListenerSettings(line)),
          works("max_topic_alias", (draft, line) -> draft.listeners.maxTopicAlias(line)),
          unless("protocol", WEBSOCKETS, "mqtt"),
          unless("max_qos", "a listener with a lower QoS is not built yet", "2"),
          unless("maximum_qos", "a listener with a lower QoS is not built yet", "2"),
          unless("use_username_as_clientid", USERS, "false", "0"),
          refused("mount_point", "mount points are not built yet"),
          refused("bind_interface", "write the interface's address: `listener PORT ADDRESS`"),
          refused("socket_domain", "write an address: `listener PORT 0.0.0.0` is IPv4 alone"),
          refused("http_dir", WEBSOCKETS),
          accepted("websockets_log_level", WEBSOCKETS),
          accepted("websockets_headers_size", WEBSOCKETS),
          refused("websockets_origin", WEBSOCKETS),

          // What clients may do.
          works("max_inflight_messages", ConfigurationDraft::maxInflightMessages),
          works("max_packet_size", ConfigurationDraft::maxPacketSize),
          works("message_size_limit", ConfigurationDraft::messageSizeLimit),
          works("max_keepalive", ConfigurationDraft::maxKeepalive),
          works("max_queued_messages", (draft, line) -> draft.queues.maxMessages(line)),
          works("queue_full", (draft, line) -> draft.queues.full(line)),
          works("queue_qos0_messages", ConfigurationDraft::queueQos0Messages),
          works("retain_available", ConfigurationDraft::retainAvailable),
          works("sys_interval", ConfigurationDraft::sysInterval),
          works("persistent_client_expiration", ConfigurationDraft::persistentClientExpiration),
          unless("max_inflight_bytes", "a limit in bytes is not built; count messages", "0"),
          unless("max_queued_bytes", "a limit in bytes is not built; count messages", "0"),
          unless("upgrade_outgoing_qos", "it breaks the protocol, and is not built", "false", "0"),
          unless("memory_limit", "give Java the limit: HOLDFAST_JAVA_OPTS=-Xmx256m", "0"),
          accepted(
              "allow_duplicate_messages",
              "a message goes to a client once, however many of its subscriptions match"),
          accepted("set_tcp_nodelay", "it is always on"),
          accepted("retry_interval", "messages are sent again when a client comes back"),
          accepted("check_retain_source", "there are no access rights yet that could be taken"),

          // Data.
          works("persistence", ConfigurationDraft::persistence),
          works("retained_persistence", ConfigurationDraft::persistence),
          works("persistence_location", ConfigurationDraft::persistenceLocation),
          works("persistence_max_bytes", ConfigurationDraft::persistenceMaxBytes),
          works("persistence_file", ConfigurationDraft::persistenceFile),
          accepted("autosave_interval", SAVED_AT_ONCE),
          accepted("autosave_on_changes", SAVED_AT_ONCE),

          // The process and its log.
          works("pid_file", ConfigurationDraft::pidFile),
          works("user", ConfigurationDraft::user),
          works("log_dest", (draft, line) -> draft.log.destination(line)),
          works("log_type", (draft, line) -> draft.log.type(line)),
          works("log_timestamp", (draft, line) -> draft.log.timestamp(line)),
          works("log_timestamp_format", (draft, line) -> draft.log.timestampFormat(line)),
          works("connection_messages", (draft, line) -> draft.log.connectionMessages(line)),
          accepted("log_facility", "nothing is sent to syslog"),
          works("include_dir", (draft, line) -> draft.remarks.say(onlyFromTheMainFile(line))),

          // Users and access rights.
          refused("password_file", USERS),
          refused("acl_file", USERS),
          refused("clientid_prefixes", USERS),
          refused("plugin", PLUGIN),
          refused("global_plugin", PLUGIN),
          refused("plugin_opt_*", PLUGIN),
          refused("auth_plugin", PLUGIN),
          refused("auth_opt_*", PLUGIN),
          refused("auth_plugin_deny_special_chars", PLUGIN),

          // TLS.
          refused("cafile", TLS),
          refused("capath", TLS),
          refused("certfile", TLS),
          refused("keyfile", TLS),
          refused("ciphers", TLS),
          refused("ciphers_tls1.3", TLS),
          refused("crlfile", TLS),
          refused("dhparamfile", TLS),
          refused("tls_version", TLS),
          refused("tls_engine", TLS),
          refused("tls_engine_kpass_sha1", TLS),
          refused("tls_keyform", TLS),
          unless("require_certificate", TLS, "false", "0"),
          unless("use_identity_as_username", TLS, "false", "0"),
          unless("use_subject_as_username", TLS, "false", "0"),
          unless("disable_client_cert_date_checks", TLS, "false", "0"),
          refused("psk_file", TLS),
          refused("psk_hint", TLS),

          // Bridges.
          refused("connection", BRIDGE),
          refused("address", BRIDGE),
          refused("addresses", BRIDGE),
          refused("topic", BRIDGE),
          refused("bridge_*", BRIDGE),
          refused("clientid", BRIDGE),
          refused("remote_clientid", BRIDGE),
          refused("local_clientid", BRIDGE),
          refused("username", BRIDGE),
          refused("remote_username", BRIDGE),
          refused("local_username", BRIDGE),
          refused("password", BRIDGE),
          refused("remote_password", BRIDGE),
          refused("local_password", BRIDGE),
          refused("cleansession", BRIDGE),
          refused("local_cleansession", BRIDGE),
          refused("keepalive_interval", BRIDGE),
          refused("idle_timeout", BRIDGE),
          refused("restart_timeout", BRIDGE),
          refused("start_type", BRIDGE),
          refused("threshold", BRIDGE),
          refused("round_robin", BRIDGE),
          refused("try_private", BRIDGE),
          refused("notifications", BRIDGE),
          refused("notifications_local_only", BRIDGE),
          refused("notification_topic", BRIDGE),

          // Of later Mosquittos.
          refused("accept_protocol_versions", "a listener without some versions is not built"),
          refused("global_max_clients", "a limit over all listeners is not built"),
          refused("global_max_connections", "a limit over all listeners is not built"),
          refused("max_topic_alias_broker", "the broker uses as many aliases as it grants"),
          unless("enable_control_api", "the control API is not built", "false", "0"));

  private ConfigurationOptions() {}

  static Optional<ConfigurationOption> named(String name) {
    return ALL.stream().filter(option -> option.isNamed(name)).findFirst();
  }

  private static ConfigurationOption works(String name, Reading reading) {
    return new ConfigurationOption(name, new Treatment.Works(reading));
  }

  private static ConfigurationOption accepted(String name, String why) {
    return new ConfigurationOption(name, new Treatment.Accepted(why));
  }

  private static ConfigurationOption refused(String name, String why) {
    return new ConfigurationOption(name, new Treatment.Refused(why, List.of()));
  }

  private static ConfigurationOption unless(String name, String why, String... harmless) {
    return new ConfigurationOption(name, new Treatment.Refused(why, List.of(harmless)));
  }

  /// The reader follows those of the main file and never asks for them here.
  private static String onlyFromTheMainFile(ConfigurationLine line) {
    return line.place() + ": include_dir is followed from the main file only, as in Mosquitto.";
  }
}
